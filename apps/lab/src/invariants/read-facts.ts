import { idFor } from '@waybill/observability';

import { endingOf } from './facts.js';
import type {
  BookingFacts,
  ChargeFacts,
  MessageFacts,
  OrderFacts,
  PaymentFacts,
  ReservationFacts,
  ShipmentFacts,
} from './facts.js';
import { readMessages } from './read-messages.js';
import type { OrderServiceFacts } from './rules/order-lost.js';
import { DatabaseAwayError } from './service-databases.js';
import type { DatabaseName, ServiceDatabases } from './service-databases.js';
import { BOOKINGS, CHARGES, ORDER_SERVICE, ORDERS, PAYMENTS, RESERVATIONS, SHIPMENTS } from './sql.js';
import type { Strays } from './strays.js';

/** What is known of some orders, by their ids. Of orders that haven't ended, the order service alone is asked. */
export interface Facts {
  readonly orders: ReadonlyMap<string, OrderFacts>;
  readonly service: OrderServiceFacts;
  readonly payments: ReadonlyMap<string, PaymentFacts>;
  readonly charges: ReadonlyMap<string, readonly ChargeFacts[]>;
  readonly reservations: ReadonlyMap<string, ReservationFacts>;
  readonly shipments: ReadonlyMap<string, ShipmentFacts>;
  readonly bookings: ReadonlyMap<string, readonly BookingFacts[]>;
  readonly messages: ReadonlyMap<string, readonly MessageFacts[]>;
  /** Databases that couldn't be read, and why. */
  readonly away: ReadonlyMap<DatabaseName, string>;
}

export interface Wanted {
  readonly ids: readonly string[];
  /** Whose messages are looked at, too. */
  readonly withMessages: (id: string) => boolean;
  readonly strays: Pick<Strays, 'charges' | 'bookings' | 'orders'>;
}

type OfOrder<Row> = Row & { readonly orderId: string };

/**
 * Reads the order service first: an order has ended once the answers of all participants are taken, and an answer commits together with
 * what it tells. So what is read of them afterwards is at least as new.
 * @throws DatabaseAwayError for the order database, without which nothing is known.
 */
export async function readFacts(databases: ServiceDatabases, { ids, withMessages, strays }: Wanted): Promise<Facts> {
  const away = new Map<DatabaseName, string>();
  const learn = async <Row extends object>(
    name: DatabaseName,
    text: string,
    values: readonly unknown[],
  ): Promise<Row[]> => (await orAway(databases.read<Row>(name, text, values), away)) ?? [];
  const [[service], rows] = await Promise.all([
    databases.read<OrderServiceFacts>('order', ORDER_SERVICE, []),
    databases.read<OrderFacts>('order', ORDERS, [ids]),
  ]);
  const orders = new Map(rows.map(({ saga, ...order }) => [order.id, { ...order, saga: saga ?? undefined }]));
  const endedOrders = [...orders.values()].filter((order) => endingOf(order) !== 'open');
  const ended = endedOrders.map(({ id }) => id);
  const asked = [...new Set([...ended, ...strays.orders()])];
  const [payments, reservations, shipments, messages] = await Promise.all([
    learn<OfOrder<PaymentFacts>>('payment', PAYMENTS, [asked]),
    learn<OfOrder<ReservationFacts>>('inventory', RESERVATIONS, [ended]),
    learn<OfOrder<ShipmentFacts>>('shipping', SHIPMENTS, [asked]),
    orAway(
      readMessages(
        databases,
        endedOrders.filter(({ id }) => withMessages(id)),
      ),
      away,
    ),
  ]);
  const charged = keys('payment', asked, payments, strays.charges);
  const booked = keys('shipment', asked, shipments, strays.bookings);
  const [charges, bookings] = await Promise.all([
    learn<ChargeFacts>('payment_provider', CHARGES, [[...charged.keys()]]),
    learn<BookingFacts>('carrier', BOOKINGS, [[...booked.keys()]]),
  ]);
  return {
    orders,
    service: service ?? { isRunning: false, tellsOfHeldDeadlines: false },
    payments: byOrder(payments),
    charges: grouped(charges, charged),
    reservations: byOrder(reservations),
    shipments: byOrder(shipments),
    bookings: grouped(bookings, booked),
    messages: messages ?? new Map(),
    away,
  };
}

/** What can't be read is noted, and is no error: something can be said of the rest. */
export async function orAway<Value>(
  reading: Promise<Value>,
  away: Map<DatabaseName, string>,
): Promise<Value | undefined> {
  try {
    return await reading;
  } catch (error) {
    if (!(error instanceof DatabaseAwayError)) throw error;
    away.set(error.database, error.message);
    return undefined;
  }
}

/** Whose a key in a provider's books is: that of the order's own row here, the one it has to be, or one that was found to be a stray. */
function keys(
  kind: 'payment' | 'shipment',
  orderIds: readonly string[],
  rows: readonly { readonly id: string; readonly orderId: string }[],
  strays: ReadonlyMap<string, string | null>,
): ReadonlyMap<string, string> {
  const owners = new Map(orderIds.map((orderId) => [idFor(kind, orderId), orderId]));
  for (const { id, orderId } of rows) owners.set(id, orderId);
  for (const [key, orderId] of strays) if (orderId !== null) owners.set(key, orderId);
  return owners;
}

function byOrder<Row>(rows: readonly OfOrder<Row>[]): ReadonlyMap<string, Row> {
  return new Map(rows.map((row) => [row.orderId, row]));
}

function grouped<Row extends { readonly key: string }>(
  rows: readonly Row[],
  owners: ReadonlyMap<string, string>,
): ReadonlyMap<string, readonly Row[]> {
  const groups = new Map<string, Row[]>();
  for (const row of rows) {
    const orderId = owners.get(row.key) ?? '';
    groups.set(orderId, [...(groups.get(orderId) ?? []), row]);
  }
  return groups;
}
