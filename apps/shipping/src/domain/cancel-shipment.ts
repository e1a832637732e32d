import type { Refusal, Shipment } from './shipment.js';

/** What the carrier says about a cancellation. `cancelled` also promises that a booking which arrives later is refused. */
export type CancellationOutcome = { readonly kind: 'cancelled' } | ({ readonly kind: 'refused' } & Refusal);

/** What the order is told about the cancellation. */
export type CancelAnswer =
  | { readonly kind: 'cancelled'; readonly shipment: Shipment }
  | { readonly kind: 'refused'; readonly shipment: Shipment; readonly refusal: Refusal };

/**
 * The answer as far as the shipment itself knows it; undefined = the carrier has to be asked. It must be asked about a
 * pending booking: that may have happened although nobody heard of it.
 */
export function knownCancelAnswer(shipment: Shipment): CancelAnswer | undefined {
  return isFinal(shipment) ? { kind: 'cancelled', shipment } : undefined;
}

/** The shipment after its cancellation. A final one stays as it is. */
export function settleCancellation(shipment: Shipment, outcome: CancellationOutcome): Shipment {
  if (isFinal(shipment)) return shipment;
  // A cancellation is refused only where there is a booking.
  return { ...shipment, status: outcome.kind === 'cancelled' ? 'CANCELLED' : 'CREATED' };
}

/** The answer once the carrier was asked and the shipment settled. */
export function cancelAnswer(shipment: Shipment, outcome: CancellationOutcome): CancelAnswer {
  if (outcome.kind === 'cancelled' || shipment.status !== 'CREATED') return { kind: 'cancelled', shipment };
  return { kind: 'refused', shipment, refusal: { code: outcome.code, message: outcome.message } };
}

function isFinal({ status }: Shipment): boolean {
  return status !== 'PENDING' && status !== 'CREATED';
}
