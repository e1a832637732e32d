import { holdsCardNumber } from '@waybill/observability';

import { decorateValueWith } from './check.js';

/** A string without a card number in it: what is kept for good must not hold one. Says so without repeating it. */
export function HasNoCardNumber(): PropertyDecorator {
  return decorateValueWith('noCardNumber', (value) =>
    typeof value === 'string' && holdsCardNumber(value)
      ? { code: 'CARD_NUMBER', message: "must not hold a card number; give the payment provider's token for the card" }
      : undefined,
  );
}
