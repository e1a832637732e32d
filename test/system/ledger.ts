import { databaseUrl } from '@waybill/database';
import { testDatabaseServer } from '@waybill/embedded/testing';
import { Client } from 'pg';

import type { Answer, OrderBody, StockBody } from './api.js';
import { call } from './api.js';
import type { RunningSystem } from './running-system.js';
import { until } from './until.js';

/** What the world outside has seen, and what the services say, after a test. All amounts in minor units. */
export interface Ledger {
  readonly charged: number;
  readonly refunded: number;
  readonly fulfilledTotal: number;
  readonly reserved: number;
  /** SKUs whose on hand + shipped differs from the stock at the start. */
  readonly stockDifferences: readonly string[];
  /** Shipments that the carrier will deliver although the order isn't fulfilled, or the other way round. */
  readonly shipmentDifferences: readonly string[];
}

/** Takes stock before a test. */
export async function stockTake(system: RunningSystem): Promise<ReadonlyMap<string, number>> {
  const products = await call<readonly { sku: string }[]>(`${system.services.inventory.url}/products`);
  const stocks = await Promise.all(products.body.map(({ sku }) => system.stock(sku)));
  return new Map(stocks.map(({ sku, onHand }) => [sku, onHand]));
}

/**
 * Reads the providers' own ledgers (not our tables) and compares them with the orders.
 * Waits first for the commits of reservations, which follow after FULFILLED.
 */
export async function readLedger(system: RunningSystem, initial: ReadonlyMap<string, number>): Promise<Ledger> {
  let stocks: readonly StockBody[] = [];
  await until(
    async () => {
      stocks = await Promise.all([...initial.keys()].map((sku) => system.stock(sku)));
      return stocks.every(({ reserved }) => reserved === 0);
    },
    {
      timeoutMs: 30_000,
      what: 'all reservations to be committed or released',
      detail: () => JSON.stringify(stocks.filter(({ reserved }) => reserved > 0)),
    },
  ).catch(() => {}); // the ledger says so
  const fulfilled = (await allOrders(system)).filter(({ status }) => status === 'FULFILLED');
  const shipped = new Map<string, number>();
  for (const { sku, quantity } of fulfilled.flatMap(({ items }) => items)) {
    shipped.set(sku, (shipped.get(sku) ?? 0) + quantity);
  }
  const { charged, refunded } = await providerTotals(system);
  const delivered = await carrierShipments(system);
  const fulfilledIds = new Set(fulfilled.map(({ id }) => id));
  return {
    charged,
    refunded,
    fulfilledTotal: fulfilled.reduce((sum, { total }) => sum + total.amount, 0),
    reserved: stocks.reduce((sum, { reserved }) => sum + reserved, 0),
    stockDifferences: stocks
      .filter(({ sku, onHand }) => onHand + (shipped.get(sku) ?? 0) !== initial.get(sku))
      .map(
        ({ sku, onHand }) =>
          `${sku}: ${initial.get(sku)} at the start, ${onHand} on hand, ${shipped.get(sku) ?? 0} shipped`,
      ),
    shipmentDifferences: [
      ...delivered.filter((id) => !fulfilledIds.has(id)).map((id) => `${id} is shipped but not fulfilled`),
      ...[...fulfilledIds].filter((id) => !delivered.includes(id)).map((id) => `${id} is fulfilled but not shipped`),
      ...delivered.filter((id, index) => delivered.indexOf(id) !== index).map((id) => `${id} is shipped twice`),
    ],
  };
}

/** Nothing lost, nothing doubled: asserts the whole ledger. */
export async function expectBalanced(system: RunningSystem, initial: ReadonlyMap<string, number>): Promise<void> {
  const ledger = await readLedger(system, initial);
  expect({ ...ledger, charged: ledger.charged - ledger.refunded, refunded: undefined }).toEqual({
    charged: ledger.fulfilledTotal,
    refunded: undefined,
    fulfilledTotal: ledger.fulfilledTotal,
    reserved: 0,
    stockDifferences: [],
    shipmentDifferences: [],
  });
}

interface OrderPage {
  readonly items: readonly OrderBody[];
  readonly nextCursor: string | null;
}

export async function allOrders(system: RunningSystem): Promise<readonly OrderBody[]> {
  const orders: OrderBody[] = [];
  let cursor: string | null = '';
  while (cursor !== null) {
    const page: Answer<OrderPage> = await call<OrderPage>(
      `${system.services.order.url}/orders?limit=100${cursor === '' ? '' : `&cursor=${encodeURIComponent(cursor)}`}`,
    );
    if (page.status !== 200) throw new Error(`GET /orders answered ${page.status}: ${page.text}`);
    orders.push(...page.body.items);
    cursor = page.body.nextCursor ?? null;
  }
  return orders;
}

async function providerTotals(system: RunningSystem): Promise<{ charged: number; refunded: number }> {
  const [row] = await query<{ charged: string; refunded: string }>(
    `${system.databasePrefix}payment_provider`,
    `SELECT (SELECT coalesce(sum(amount), 0) FROM charge WHERE status = 'charged') AS charged,
            (SELECT coalesce(sum(amount), 0) FROM refund WHERE status = 'refunded') AS refunded`,
  );
  return { charged: Number(row?.charged), refunded: Number(row?.refunded) };
}

/** Order ids of the shipments that the carrier holds as booked and not cancelled. */
async function carrierShipments(system: RunningSystem): Promise<readonly string[]> {
  const booked = await query<{ idempotency_key: string }>(
    `${system.databasePrefix}carrier`,
    `SELECT idempotency_key FROM booking WHERE status = 'booked'`,
  );
  const shipments = await query<{ id: string; order_id: string }>(
    `${system.databasePrefix}shipping`,
    `SELECT id, order_id FROM shipment`,
  );
  const orders = new Map(shipments.map(({ id, order_id: orderId }) => [id, orderId]));
  return booked.map(({ idempotency_key: key }) => orders.get(key) ?? `no order for the carrier's ${key}`);
}

async function query<Row extends object>(database: string, sql: string): Promise<readonly Row[]> {
  const client = new Client({ connectionString: databaseUrl(testDatabaseServer(), database) });
  await client.connect();
  try {
    return (await client.query<Row>(sql)).rows;
  } finally {
    await client.end();
  }
}
