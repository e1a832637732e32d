import type { Refusal, RefusalCode, Shipment } from './shipment.js';

/** What the carrier says about a booking. The same booking always gets the same outcome. */
export type BookingOutcome =
  | { readonly kind: 'booked'; readonly trackingNumber: string }
  | ({ readonly kind: 'refused' } & Refusal<RefusalCode>);

/** What the order is told about its shipment. */
export type CreateAnswer =
  | { readonly kind: 'created'; readonly shipment: Shipment; readonly trackingNumber: string }
  | { readonly kind: 'refused'; readonly shipment: Shipment; readonly refusal: Refusal<RefusalCode> };

const CANCELLED: Refusal<RefusalCode> = { code: 'CANCELLED', message: 'The order was cancelled before it was shipped' };

/** The answer as far as the shipment itself knows it; undefined = the carrier has to be asked. */
export function knownCreateAnswer(shipment: Shipment): CreateAnswer | undefined {
  const { status, trackingNumber, refusal } = shipment;
  switch (status) {
    case 'PENDING':
      return undefined;
    case 'CREATED':
      return { kind: 'created', shipment, trackingNumber: trackingNumber ?? shipment.id };
    case 'REFUSED':
      return { kind: 'refused', shipment, refusal: refusal ?? CANCELLED };
    case 'CANCELLED':
      break;
  }
  return { kind: 'refused', shipment, refusal: CANCELLED };
}

/** The shipment after its booking. Only a pending one can change: what was decided meanwhile stands. */
export function settleBooking(shipment: Shipment, outcome: BookingOutcome): Shipment {
  if (shipment.status !== 'PENDING') return shipment;
  if (outcome.kind === 'booked') return { ...shipment, status: 'CREATED', trackingNumber: outcome.trackingNumber };
  const refusal = { code: outcome.code, message: outcome.message };
  // The carrier calls a booking off only for a cancellation that overtook it.
  return { ...shipment, status: outcome.code === 'CANCELLED' ? 'CANCELLED' : 'REFUSED', refusal };
}
