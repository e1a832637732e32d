import { cancelAnswer, knownCancelAnswer, settleCancellation } from './cancel-shipment.js';
import { knownCreateAnswer, settleBooking } from './create-shipment.js';
import type { Shipment, ShipmentStatus } from './shipment.js';

const shipment = (status: ShipmentStatus, more: Partial<Shipment> = {}): Shipment => ({
  id: 's1',
  orderId: 'o1',
  status,
  trackingNumber: undefined,
  refusal: undefined,
  ...more,
});

describe('creating a shipment', () => {
  it('asks the carrier only while its answer is unknown', () => {
    expect(knownCreateAnswer(shipment('PENDING'))).toBeUndefined();
    const created = knownCreateAnswer(shipment('CREATED', { trackingNumber: 'T1' }));
    expect(created).toMatchObject({ kind: 'created', trackingNumber: 'T1' });
  });

  it('answers a repeated command with the reason of the first refusal', () => {
    const refusal = { code: 'CARRIER_REFUSED', message: 'No' } as const;
    expect(knownCreateAnswer(shipment('REFUSED', { refusal }))).toMatchObject({ kind: 'refused', refusal });
  });

  it('refuses an order whose cancellation came first', () => {
    expect(knownCreateAnswer(shipment('CANCELLED'))).toMatchObject({ kind: 'refused', refusal: { code: 'CANCELLED' } });
  });

  it('takes over what the carrier says', () => {
    const booked = settleBooking(shipment('PENDING'), { kind: 'booked', trackingNumber: 'T1' });
    expect(booked).toMatchObject({ status: 'CREATED', trackingNumber: 'T1' });
    const refused = settleBooking(shipment('PENDING'), { kind: 'refused', code: 'CARRIER_REFUSED', message: 'No' });
    expect(refused.status).toBe('REFUSED');
    const voided = settleBooking(shipment('PENDING'), { kind: 'refused', code: 'CANCELLED', message: 'Called off' });
    expect(voided.status).toBe('CANCELLED');
  });

  it.each(['CREATED', 'REFUSED', 'CANCELLED'] as const)('never changes a %s shipment by a booking', (status) => {
    const before = shipment(status);
    expect(settleBooking(before, { kind: 'booked', trackingNumber: 'T2' })).toBe(before);
  });
});

describe('cancelling a shipment', () => {
  it.each(['PENDING', 'CREATED'] as const)('asks the carrier about a %s shipment (F23)', (status) => {
    expect(knownCancelAnswer(shipment(status))).toBeUndefined();
    expect(settleCancellation(shipment(status), { kind: 'cancelled' }).status).toBe('CANCELLED');
  });

  it.each(['REFUSED', 'CANCELLED'] as const)('leaves a %s shipment as it is', (status) => {
    const before = shipment(status);
    expect(knownCancelAnswer(before)).toEqual({ kind: 'cancelled', shipment: before });
    expect(settleCancellation(before, { kind: 'cancelled' })).toBe(before);
  });

  it('keeps the booking on record when the carrier refuses for good', () => {
    const refused = { kind: 'refused', code: 'ALREADY_COLLECTED', message: 'Gone' } as const;
    const settled = settleCancellation(shipment('CREATED'), refused);
    expect(settled.status).toBe('CREATED');
    expect(cancelAnswer(settled, refused)).toMatchObject({ kind: 'refused', refusal: { code: 'ALREADY_COLLECTED' } });
  });
});
