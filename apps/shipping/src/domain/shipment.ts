export const SHIPMENT_STATUSES = ['PENDING', 'CREATED', 'REFUSED', 'CANCELLED'] as const;
export type ShipmentStatus = (typeof SHIPMENT_STATUSES)[number];

export interface Refusal<Code extends string = string> {
  readonly code: Code;
  readonly message: string;
}

export type RefusalCode = 'CARRIER_REFUSED' | 'CANCELLED';

/**
 * The one shipment of an order. Its id is the idempotency key of its booking and of its cancellation.
 *
 * PENDING: the intent is durable, the carrier's answer isn't known (yet). CREATED: booked; also after a cancellation that
 * the carrier refused. REFUSED: the carrier doesn't take it. CANCELLED: called off, before or after it was booked.
 *
 * PENDING → CREATED | REFUSED | CANCELLED, CREATED → CANCELLED. The other two are final.
 */
export interface Shipment {
  readonly id: string;
  readonly orderId: string;
  readonly status: ShipmentStatus;
  /** The carrier's; only of what it booked. */
  readonly trackingNumber: string | undefined;
  readonly refusal: Refusal<RefusalCode> | undefined;
}

/** A shipment as an order first asks for it. The address goes to the carrier and is kept nowhere here. */
export interface ShipmentIntent {
  readonly id: string;
  readonly orderId: string;
}
