import { Injectable } from '@nestjs/common';
import type { Statement, Transaction } from '@waybill/database';

import type { Refusal, RefusalCode, Shipment, ShipmentIntent, ShipmentStatus } from '../domain/shipment.js';
import { insertIntents } from './sql/insert-intents.js';
import { lockByOrder } from './sql/lock-by-order.js';
import { selectByOrder } from './sql/select-by-order.js';
import { updateSettled } from './sql/update-settled.js';

interface ShipmentRow {
  readonly id: string;
  readonly orderId: string;
  readonly status: ShipmentStatus;
  readonly trackingNumber: string | null;
  readonly refusalCode: RefusalCode | null;
  readonly refusalMessage: string | null;
}

/** A shipment after its carrier answered, with what only the books keep. */
export interface SettledShipment {
  readonly shipment: Shipment;
  readonly expectedStatus: ShipmentStatus;
  readonly cancelRefusal?: Refusal;
}

/** Shipments by order, many at a time; always in the caller's transaction. */
@Injectable()
export class ShipmentRepository {
  /** Inserts intents where their order has no shipment yet. @returns the shipment of each order, new or old. */
  async insertOrFind(
    tx: Transaction,
    intents: readonly ShipmentIntent[],
    status: 'PENDING' | 'CANCELLED',
  ): Promise<ReadonlyMap<string, Shipment>> {
    const inserted = await tx.query<{ id: string }>(insertIntents, [
      intents.map(({ id }) => id),
      intents.map(({ orderId }) => orderId),
      intents.map(() => status),
    ]);
    const newIds = new Set(inserted.map(({ id }) => id));
    const shipments = new Map<string, Shipment>();
    for (const { id, orderId } of intents.filter(({ id }) => newIds.has(id))) {
      shipments.set(orderId, { id, orderId, status, trackingNumber: undefined, refusal: undefined });
    }
    const old = intents.map(({ orderId }) => orderId).filter((orderId) => !shipments.has(orderId));
    return old.length === 0 ? shipments : new Map([...shipments, ...(await this.#read(tx, selectByOrder, old))]);
  }

  /** The shipments of the orders; nobody else changes them until the transaction ends. */
  lockByOrders(tx: Transaction, orderIds: readonly string[]): Promise<ReadonlyMap<string, Shipment>> {
    return this.#read(tx, lockByOrder, orderIds);
  }

  /** Saves each shipment whose row still has the expected status. @returns the ids of those that were saved. */
  async saveSettled(tx: Transaction, settled: readonly SettledShipment[]): Promise<ReadonlySet<string>> {
    if (settled.length === 0) return new Set();
    const saved = await tx.query<{ id: string }>(updateSettled, [
      settled.map(({ shipment }) => shipment.id),
      settled.map(({ expectedStatus }) => expectedStatus),
      settled.map(({ shipment }) => shipment.status),
      settled.map(({ shipment }) => shipment.trackingNumber ?? null),
      settled.map(({ shipment }) => shipment.refusal?.code ?? null),
      settled.map(({ shipment }) => shipment.refusal?.message ?? null),
      settled.map(({ cancelRefusal }) => cancelRefusal?.code ?? null),
      settled.map(({ cancelRefusal }) => cancelRefusal?.message ?? null),
    ]);
    return new Set(saved.map(({ id }) => id));
  }

  async #read(
    tx: Transaction,
    statement: Statement,
    orderIds: readonly string[],
  ): Promise<ReadonlyMap<string, Shipment>> {
    const rows = await tx.query<ShipmentRow>(statement, [[...orderIds]]);
    return new Map(rows.map((row) => [row.orderId, toShipment(row)]));
  }
}

function toShipment({ id, orderId, status, trackingNumber, refusalCode, refusalMessage }: ShipmentRow): Shipment {
  const refusal = refusalCode === null ? undefined : { code: refusalCode, message: refusalMessage ?? '' };
  return { id, orderId, status, trackingNumber: trackingNumber ?? undefined, refusal };
}
