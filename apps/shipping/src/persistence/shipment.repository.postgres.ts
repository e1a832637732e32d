import { Injectable } from '@nestjs/common';
import type { Transaction } from '@waybill/database';

import type { Refusal, RefusalCode, Shipment, ShipmentIntent, ShipmentStatus } from '../domain/shipment.js';
import { eraseShipments } from './sql/erase-shipments.js';
import { insertIntents } from './sql/insert-intents.js';
import { lockByOrder } from './sql/lock-by-order.js';
import { updateSettled } from './sql/update-settled.js';

interface ShipmentRow {
  readonly id: string;
  readonly orderId: string;
  readonly status: ShipmentStatus;
  readonly trackingNumber: string | null;
  readonly refusalCode: RefusalCode | null;
  readonly refusalMessage: string | null;
}

const ERASED = '(erased)';

/** A shipment after its carrier answered, with what only the books keep. */
export interface SettledShipment {
  readonly shipment: Shipment;
  readonly cancelRefusal?: Refusal;
}

/** Shipments as one transaction has them, by order: read and locked once, decided on in memory, written once. */
interface Session {
  readonly shipments: Map<string, Shipment>;
  readonly read: Set<string>;
  readonly intents: Shipment[];
  readonly settled: Map<string, SettledShipment>;
}

/** Shipments by order, many at a time; always in the caller's transaction. What changed is written just before COMMIT. */
@Injectable()
export class ShipmentRepository {
  readonly #session = (tx: Transaction): Session => {
    const session: Session = { shipments: new Map(), read: new Set(), intents: [], settled: new Map() };
    tx.writeBeforeCommit(() => write(tx, session));
    return session;
  };

  /**
   * The shipments of those orders that have one; nobody else changes them until the transaction ends. Reads what this transaction
   * hasn't read yet, and issues its statement before it waits.
   */
  async open(tx: Transaction, orderIds: readonly string[]): Promise<ReadonlyMap<string, Shipment>> {
    const { shipments, read } = tx.session(this.#session);
    const unread = [...new Set(orderIds)].filter((orderId) => !read.has(orderId));
    if (unread.length === 0) return shipments;
    const rows = await tx.read<ShipmentRow>(lockByOrder, [unread]);
    for (const orderId of unread) read.add(orderId);
    for (const row of rows) shipments.set(row.orderId, toShipment(row));
    return shipments;
  }

  /**
   * Makes the intents of opened orders durable where the order has no shipment. One that a rival transaction commits first stands: it
   * has the same id, so both ask the carrier for the same booking, and whoever concludes sees what the row says then.
   */
  add(tx: Transaction, intents: readonly ShipmentIntent[]): void {
    const { shipments, intents: added } = tx.session(this.#session);
    for (const { id, orderId } of intents) {
      if (shipments.has(orderId)) continue;
      const shipment: Shipment = { id, orderId, status: 'PENDING', trackingNumber: undefined, refusal: undefined };
      shipments.set(orderId, shipment);
      added.push(shipment);
    }
  }

  /** Forgets what the shipments of these orders say of the customer. */
  async erase(tx: Transaction, orderIds: readonly string[]): Promise<void> {
    await tx.query(eraseShipments, [orderIds, ERASED]);
  }

  /** Changes an opened shipment. One that isn't there any more, as a restore has forgotten it, isn't made. */
  settle(tx: Transaction, settled: SettledShipment): void {
    const { shipments, settled: all } = tx.session(this.#session);
    const { id, orderId } = settled.shipment;
    if (!shipments.has(orderId)) return;
    shipments.set(orderId, settled.shipment);
    all.set(id, { ...all.get(id), ...settled });
  }
}

function write(tx: Transaction, { intents, settled }: Session): readonly Promise<unknown>[] {
  return [
    ...(intents.length > 0 ? [insert(tx, intents)] : []),
    ...(settled.size > 0 ? [update(tx, [...settled.values()])] : []),
  ];
}

function insert(tx: Transaction, intents: readonly Shipment[]): Promise<unknown> {
  return tx.query(insertIntents, [
    intents.map(({ id }) => id),
    intents.map(({ orderId }) => orderId),
    intents.map(({ status }) => status),
  ]);
}

function update(tx: Transaction, settled: readonly SettledShipment[]): Promise<unknown> {
  return tx.write(updateSettled, [
    settled.map(({ shipment }) => shipment.id),
    settled.map(({ shipment }) => shipment.status),
    settled.map(({ shipment }) => shipment.trackingNumber ?? null),
    settled.map(({ shipment }) => shipment.refusal?.code ?? null),
    settled.map(({ shipment }) => shipment.refusal?.message ?? null),
    settled.map(({ cancelRefusal }) => cancelRefusal?.code ?? null),
    settled.map(({ cancelRefusal }) => cancelRefusal?.message ?? null),
  ]);
}

function toShipment({ id, orderId, status, trackingNumber, refusalCode, refusalMessage }: ShipmentRow): Shipment {
  const refusal = refusalCode === null ? undefined : { code: refusalCode, message: refusalMessage ?? '' };
  return { id, orderId, status, trackingNumber: trackingNumber ?? undefined, refusal };
}
