import { holdsCardNumber } from './card-number.js';

describe('a card number (F81)', () => {
  it.each([
    '4111111111111111',
    '4111 1111 1111 1111',
    '4111-1111-1111-1111',
    'pm_4111111111111111',
    'card: 378282246310005, thanks',
    '6304000000000000',
    '6759649826438453',
    '4222222222222',
    '501800000009',
  ])('is seen in %j', (text) => expect(holdsCardNumber(text)).toBe(true));

  it.each([
    'pm_card_ok',
    'cust-42',
    '4111111111111112',
    '41111111111',
    '41111111111111111111111',
    'tok4111111111111111x',
    '+49 30 1234567',
    '2026-11-25 10:00',
    '01890a5d-ac96-774b-bcce-b302099a8057',
    '01890a5d-ac96-774b-bcce-501800000009',
    'order 01890A5D-0000-7000-8000-501800000009 was refunded',
  ])('is not seen in %j', (text) => expect(holdsCardNumber(text)).toBe(false));
});
