import type { OrderFacts } from './facts.js';
import type { InvariantName } from './finding.js';
import type { Facts } from './read-facts.js';
import { chargedWrongly } from './rules/charged-once.js';
import { endedWrong } from './rules/ended-right.js';
import { outOfOrder } from './rules/key-order.js';
import { ledgersDisagree } from './rules/ledgers-agree.js';
import { lostOrder } from './rules/order-lost.js';
import { stockTakenWrongly } from './rules/oversold.js';
import type { DatabaseName } from './service-databases.js';

/** What must hold of every order, whatever fails. */
export interface Invariant {
  readonly name: InvariantName;
  readonly title: string;
  /** One sentence: what is compared with what. */
  readonly says: string;
  /** Without these nothing can be said. */
  readonly needs: readonly DatabaseName[];
  /** Whether an order counts only once it has ended. */
  readonly counts: 'at once' | 'once ended';
  /** @returns what is wrong with the order. */
  judge(order: OrderFacts, facts: Facts): string | undefined;
}

export const INVARIANTS: readonly Invariant[] = [
  {
    name: 'no-order-lost',
    title: 'No order lost',
    says: 'Each accepted order has a saga that has ended as the order has, is within its deadline, or is held as an alert tells.',
    needs: ['order', 'payment'],
    counts: 'at once',
    judge: (order, { service }) => lostOrder(order, service),
  },
  {
    name: 'none-charged-twice',
    title: 'None charged twice',
    says: "The provider's own books: at most one charge an order; what is held is its total once it is fulfilled, and nothing once it is undone.",
    needs: ['order', 'payment', 'payment_provider'],
    counts: 'once ended',
    judge: (order, { charges }) => chargedWrongly(order, charges.get(order.id) ?? []),
  },
  {
    name: 'nothing-oversold',
    title: 'Nothing oversold',
    says: 'Stock is never negative nor reserved beyond what is there, and each order has taken what it ordered, or nothing.',
    needs: ['order', 'inventory'],
    counts: 'once ended',
    judge: (order, { reservations }) => stockTakenWrongly(order, reservations.get(order.id)),
  },
  {
    name: 'key-order-kept',
    title: 'Order of each key kept',
    says: 'The commands and events of an order were published, and taken, in the order in which their senders committed them.',
    needs: ['order', 'payment', 'inventory', 'shipping'],
    counts: 'once ended',
    judge: (order, { messages }) => outOfOrder(messages.get(order.id) ?? []),
  },
  {
    name: 'ledgers-agree',
    title: 'Ledgers agree',
    says: "The provider's books say of each payment what the payment service says, the carrier's of each shipment what shipping says, and neither has anything else.",
    needs: ['order', 'payment', 'payment_provider', 'shipping', 'carrier'],
    counts: 'once ended',
    judge: (order, { payments, charges, shipments, bookings }) =>
      ledgersDisagree(order, {
        payment: payments.get(order.id),
        charges: charges.get(order.id) ?? [],
        shipment: shipments.get(order.id),
        bookings: bookings.get(order.id) ?? [],
      }),
  },
  {
    name: 'sagas-ended-right',
    title: 'Sagas ended right',
    says: 'An order is fulfilled when all participants have done their part, and rejected or cancelled when all have undone it, or a person has accepted the loss.',
    needs: ['order', 'payment', 'inventory', 'shipping'],
    counts: 'once ended',
    judge: (order, { payments, reservations, shipments }) =>
      endedWrong(order, {
        payment: payments.get(order.id),
        reservation: reservations.get(order.id),
        shipment: shipments.get(order.id),
      }),
  },
];
