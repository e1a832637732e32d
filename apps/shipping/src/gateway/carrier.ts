import type { CancellationOutcome } from '../domain/cancel-shipment.js';
import type { BookingOutcome } from '../domain/create-shipment.js';

export interface BookingRequest {
  /** The shipment's id. */
  readonly idempotencyKey: string;
  /** What the carrier keeps beside the booking, so that its books can be compared with ours: the order's id. */
  readonly reference: string;
  readonly items: readonly { readonly sku: string; readonly quantity: number }[];
  /** Personal data: for the carrier alone, never logged or kept. */
  readonly address: {
    readonly name: string;
    readonly line1: string;
    readonly line2?: string;
    readonly city: string;
    readonly postalCode: string;
    readonly country: string;
  };
}

export interface CancellationRequest {
  /** The idempotency key of the booking that is to be undone. */
  readonly bookingKey: string;
}

/**
 * The port to the carrier. Never called inside a database transaction.
 * Repeatable: the same key gets the first outcome again. A call that rejects may have taken effect; a repetition tells.
 */
export interface Carrier {
  book(request: BookingRequest, signal: AbortSignal): Promise<BookingOutcome>;
  /** Undoes the booking of the key. A booking that the carrier doesn't know is called off for ever. */
  cancel(request: CancellationRequest, signal: AbortSignal): Promise<CancellationOutcome>;
}

/** Injection token of the {@link Carrier}. */
export const CARRIER = Symbol('Carrier');
