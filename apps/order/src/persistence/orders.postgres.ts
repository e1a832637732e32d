import { Injectable } from '@nestjs/common';
import type { Transaction } from '@waybill/database';
import type { EventMetadata } from '@waybill/event-store';

import { OrderInvariantError } from '../domain/order.errors.js';
import type { OrderEvent, OrderPlaced, OrderRecovered } from '../domain/order.events.js';
import { erasePersonalData, evolve, isEnded, orderEvolution } from '../domain/order.js';
import type { ExistingOrder, Order } from '../domain/order.js';
import { toOrderView } from '../projections/order-view.js';
import { orderEventStore } from './order-event-store.js';
import { OrderViews } from './order-view.postgres.js';
import { OrderWatch } from './order-watch.js';

/** One order in one transaction: what was loaded, and what was decided since. */
interface HeldOrder {
  readonly version: number;
  readonly before: ExistingOrder;
  order: ExistingOrder;
  readonly events: { readonly event: OrderEvent; readonly metadata: EventMetadata }[];
}

type Session = Map<string, HeldOrder>;

/**
 * The order aggregates of the transaction in hand. Each is loaded once and written once, just before COMMIT and together
 * with all others: events, then the read model, one statement each. Later messages of a batch see what earlier ones decided.
 * A transaction that changes an order holds its saga's row lock; where that were forgotten, the event store refuses the second writer.
 */
@Injectable()
export class Orders {
  readonly #session = (tx: Transaction): Session => {
    const session: Session = new Map();
    tx.writeBeforeCommit(() => this.#write(tx, session));
    tx.afterCommit(() => this.watch.committed(changedOrders(session).map(toOrderView).filter(isEnded)));
    return session;
  };

  constructor(
    private readonly views: OrderViews,
    private readonly watch: OrderWatch,
  ) {}

  /** @param event the first of its order */
  place(tx: Transaction, event: OrderPlaced | OrderRecovered, metadata: EventMetadata): Order {
    tx.session(this.#session).set(event.data.orderId, { version: 0, before: undefined, order: undefined, events: [] });
    return this.apply(tx, event.data.orderId, [event], metadata);
  }

  /** Loads what this transaction doesn't hold yet, in one statement. Unknown ids are left out. */
  async load(tx: Transaction, ids: readonly string[]): Promise<ReadonlyMap<string, Order>> {
    const session = tx.session(this.#session);
    const missing = [...new Set(ids)].filter((id) => !session.has(id));
    for (const { id, version, events } of (await orderEventStore.loadMany(tx, missing)).values()) {
      const order = events.reduce(orderEvolution.evolve, orderEvolution.initial);
      session.set(id, { version, before: order, order, events: [] });
    }
    return new Map(
      ids.flatMap((id): [string, Order][] => {
        const order = session.get(id)?.order;
        return order ? [[id, order]] : [];
      }),
    );
  }

  /** @returns the order after the events. @throws OrderInvariantError for an order that wasn't loaded in this transaction. */
  apply(tx: Transaction, id: string, events: readonly OrderEvent[], metadata: EventMetadata): Order {
    const held = tx.session(this.#session).get(id);
    if (!held) throw new OrderInvariantError(`Order ${id} was changed before it was loaded`);
    held.order = events.reduce(evolve, held.order);
    held.events.push(...events.map((event) => ({ event, metadata })));
    if (!held.order) throw new OrderInvariantError(`Order ${id} does not exist`);
    return held.order;
  }

  /** Lets the order, as this transaction holds it by now, decide. @throws OrderInvariantError for one that wasn't loaded. */
  decide(
    tx: Transaction,
    id: string,
    decision: (order: Order) => readonly OrderEvent[],
    metadata: EventMetadata,
  ): Order {
    const order = tx.session(this.#session).get(id)?.order;
    if (!order) throw new OrderInvariantError(`Order ${id} was changed before it was loaded`);
    return this.apply(tx, id, decision(order), metadata);
  }

  /** Forgets who placed those of these orders that exist; all of them have ended. @returns their ids */
  async erase(tx: Transaction, ids: readonly string[], metadata: EventMetadata): Promise<readonly string[]> {
    const known = [...(await this.load(tx, ids)).keys()];
    const at = new Date(tx.now()).toISOString();
    for (const id of known) this.decide(tx, id, (order) => erasePersonalData(order, at), metadata);
    await orderEventStore.erase(tx, known);
    await this.views.erase(tx, known);
    return known;
  }

  #write(tx: Transaction, session: Session): readonly Promise<void>[] {
    const placed = changedOrders(session, ({ version }) => version === 0).map(toOrderView);
    const changed = changedOrders(session, ({ version }) => version > 0).map(toOrderView);
    const appends = [...session].flatMap(([id, { version, events }]) =>
      events.map(({ event, metadata }, index) => ({ id, expectedVersion: version + index, events: [event], metadata })),
    );
    return [
      ...(appends.length > 0 ? [orderEventStore.append(tx, appends)] : []),
      ...(placed.length > 0 ? [this.views.insert(tx, placed)] : []),
      ...(changed.length > 0 ? [this.views.update(tx, changed)] : []),
    ];
  }
}

function changedOrders(session: Session, which: (held: HeldOrder) => boolean = () => true): readonly Order[] {
  return [...session.values()].flatMap((held) =>
    held.events.length > 0 && held.order && which(held) ? held.order : [],
  );
}
