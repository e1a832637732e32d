import type { Transaction } from '@waybill/database';

import type { Shipment } from '../domain/shipment.js';
import type { ShipmentRepository, SettledShipment } from './shipment.repository.postgres.js';

/** A shipment as it was read before its carrier was asked, and how the answer changes it. */
export interface Settling {
  readonly before: Shipment;
  settle(shipment: Shipment): Omit<SettledShipment, 'expectedStatus'>;
}

/**
 * Settles shipments in one statement; one that somebody else has changed meanwhile is locked, read and settled again, so
 * that the answer is always what the row says at COMMIT.
 * @returns the shipments by id, as they now are.
 */
export async function settleShipments(
  shipments: ShipmentRepository,
  tx: Transaction,
  settlings: readonly Settling[],
): Promise<ReadonlyMap<string, Shipment>> {
  const unique = new Map(settlings.map((settling) => [settling.before.id, settling]));
  const first = [...unique.values()].map(({ before, settle }) => ({
    ...settle(before),
    expectedStatus: before.status,
  }));
  const saved = await shipments.saveSettled(tx, first);
  const result = new Map(first.map(({ shipment }) => [shipment.id, shipment]));
  const overtaken = first.filter(({ shipment }) => !saved.has(shipment.id)).map(({ shipment }) => shipment.orderId);
  if (overtaken.length === 0) return result;

  const locked = await shipments.lockByOrders(tx, overtaken);
  const second = [...locked.values()].flatMap((shipment) => {
    const settled = unique.get(shipment.id)?.settle(shipment);
    return settled ? [{ ...settled, expectedStatus: shipment.status }] : [];
  });
  await shipments.saveSettled(tx, second);
  for (const { shipment } of second) result.set(shipment.id, shipment);
  return result;
}
