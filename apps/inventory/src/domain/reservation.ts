import type { Item, Shortage, StockBook } from './stock-book.js';

export type ReservationStatus = 'RESERVED' | 'REJECTED' | 'RELEASED' | 'COMMITTED';

/**
 * The one reservation of an order.
 *
 * RESERVED: its items are counted in the stock's reserved units. REJECTED: there wasn't enough; nothing is held.
 * RELEASED: given back, or released before anything was reserved (no items), and then nothing ever will be. COMMITTED: the
 * order is fulfilled and the units are gone.
 *
 * (none) → RESERVED | REJECTED | RELEASED, RESERVED → RELEASED | COMMITTED. All but RESERVED are final.
 */
export interface Reservation {
  readonly id: string;
  readonly orderId: string;
  readonly status: ReservationStatus;
  readonly items: readonly Item[];
  readonly shortages: readonly Shortage[];
}

export interface ReservationRequest {
  /** Of the reservation, if there is none yet. */
  readonly id: string;
  readonly orderId: string;
}

/** The reservation of an order that asks for items: the one it has, or a new one, RESERVED or REJECTED. */
export function reserve(
  stock: StockBook,
  existing: Reservation | undefined,
  { id, orderId, items }: ReservationRequest & { readonly items: readonly Item[] },
): Reservation {
  if (existing) return existing;
  const shortages = stock.reserve(items);
  return { id, orderId, status: shortages.length === 0 ? 'RESERVED' : 'REJECTED', items, shortages };
}

/**
 * The reservation of an order that gives everything back; one without a reservation gets an empty RELEASED one, so that a
 * late ReserveStock takes nothing.
 * @throws ReservationConflictError after the commit: the units are gone.
 */
export function release(
  stock: StockBook,
  existing: Reservation | undefined,
  { id, orderId }: ReservationRequest,
): Reservation {
  if (!existing) return { id, orderId, status: 'RELEASED', items: [], shortages: [] };
  if (existing.status === 'COMMITTED') throw new ReservationConflictError(orderId, 'release', 'COMMITTED');
  if (existing.status !== 'RESERVED') return existing;
  stock.release(existing.items);
  return { ...existing, status: 'RELEASED' };
}

/**
 * The reservation of an order that is fulfilled.
 * @throws ReservationConflictError where nothing is reserved for the order.
 */
export function commit(stock: StockBook, existing: Reservation | undefined, orderId: string): Reservation {
  if (existing?.status === 'COMMITTED') return existing;
  if (existing?.status !== 'RESERVED')
    throw new ReservationConflictError(orderId, 'commit', existing?.status ?? 'none');
  stock.commit(existing.items);
  return { ...existing, status: 'COMMITTED' };
}

/** A command that the saga can't have meant; no retry fixes it. */
export class ReservationConflictError extends Error {
  readonly code = 'RESERVATION_CONFLICT';

  constructor(orderId: string, command: 'release' | 'commit', status: ReservationStatus | 'none') {
    super(
      `Order ${orderId}: can't ${command} its reservation, which is ${status}; compare its saga with its reservation`,
    );
  }
}
