import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';

import type { ServiceName } from '@waybill/contracts';

import { heldMessages } from '../system/held-messages.js';
import { allOrders, expectBalanced, stockTake } from '../system/ledger.js';
import { LosableBroker } from '../system/losable-broker.js';
import { readPublishedLog } from '../system/published-log.js';
import { RunningSystem } from '../system/running-system.js';
import { queryService } from '../system/service-database.js';
import { testedBroker } from '../system/tested-broker.js';
import { until } from '../system/until.js';

/** 5,000 is what docs/brokers.md tells of. */
const ORDERS = Number(process.env['PROOF_ORDERS'] ?? 150);
const CUSTOMERS = 32;
const BROKER_AWAY_MS = 2_000;
/** An emulator of SQS takes two seconds an order, and reading the topics in the end takes some hundred requests that make queues. */
const [FOR_ALL_MS, AN_ORDER_MS] = testedBroker() === 'sqs' ? [300_000, 3_000] : [120_000, 300];
const TIMEOUT_MS = FOR_ALL_MS + ORDERS * AN_ORDER_MS;

const KINDS = [
  { ends: 'FULFILLED', order: {} },
  { ends: 'FULFILLED', order: { items: [{ sku: 'SKU-TEAPOT', quantity: 1 }] } },
  { ends: 'REJECTED', order: { paymentMethod: 'pm_card_declined' } },
  { ends: 'FULFILLED', order: { paymentMethod: 'pm_card_flaky_3' } },
  { ends: 'REJECTED', order: { items: [{ sku: 'SKU-SOLD-OUT', quantity: 1 }] } },
  { ends: 'FULFILLED', order: {} },
  {
    ends: 'REJECTED',
    order: { shippingAddress: { name: 'A', line1: 'B', city: 'C', postalCode: '00000', country: 'DE' } },
  },
  { ends: 'FULFILLED', order: { paymentMethod: 'pm_card_slow' } },
] as const;

describe(`${ORDERS} orders on ${testedBroker()} while services and the broker are killed`, () => {
  let broker: LosableBroker;
  let system: RunningSystem;
  let initial: ReadonlyMap<string, number>;
  /** How each order must end, by its id. */
  const placed = new Map<string, string>();

  beforeAll(async () => {
    broker = await LosableBroker.start(ORDERS > 1_000 ? 'own' : 'shared');
    system = await RunningSystem.start({ ...broker.settings, TOPIC_PARTITIONS: '3' });
    initial = await stockTake(system);
  }, 180_000);

  afterAll(async () => {
    await broker?.bringBack();
    await system?.stop();
    await broker?.remove();
  }, 120_000);

  const say = (text: string): void =>
    void process.stderr.write(`${new Date().toISOString().slice(11, 19)} ${placed.size} placed: ${text}\n`);

  /** As a careful client does: with a key, again until it has an answer. */
  async function placeSurely(number: number): Promise<void> {
    const { ends, order } = KINDS[number % KINDS.length] ?? KINDS[0];
    const key = randomUUID();
    let id: string | undefined;
    const place = async (): Promise<boolean> => {
      const answer = await system.place(order, { 'idempotency-key': key }).catch(() => undefined);
      if (answer?.status === 201) id = answer.body.id;
      return id !== undefined;
    };
    await until(place, { timeoutMs: 120_000, what: `an answer to order ${number}` });
    placed.set(id ?? '', ends);
  }

  async function kill(name: ServiceName): Promise<void> {
    say(`kill -9 ${name}`);
    await system.services[name].end('SIGKILL');
    await system.services[name].start();
  }

  async function loseBroker(): Promise<void> {
    say(broker.how);
    await broker.lose();
    await delay(BROKER_AWAY_MS); // the failure's own length
    await broker.bringBack();
    say('the broker is back');
  }

  async function cut(): Promise<void> {
    say('all connections to the broker are cut');
    broker.cut?.();
  }

  /** One after another: each round a consumer, the publisher of commands, all connections, the broker. */
  function failures(): readonly (() => Promise<void>)[] {
    const consumers = ['payment', 'inventory', 'shipping'] as const;
    return Array.from({ length: Math.ceil(ORDERS / 1_000) }, (_, round) => [
      () => kill(consumers[round % consumers.length] ?? 'payment'),
      () => kill('order'),
      ...(broker.cut === undefined ? [] : [cut]),
      loseBroker,
    ]).flat();
  }

  it(
    'loses nothing, doubles nothing and keeps the order of keys',
    async () => {
      let next = 0;
      const customers = Array.from({ length: CUSTOMERS }, async () => {
        while (next < ORDERS) await placeSurely(next++);
      });
      const all = failures();
      for (const [index, fail] of all.entries()) {
        const due = (ORDERS * (index + 1)) / (all.length + 1);
        await until(() => placed.size >= due, { timeoutMs: TIMEOUT_MS, what: `${due} orders to be placed` });
        await fail();
      }
      await Promise.all(customers);
      say('all are placed');
      await Promise.all(Object.values(system.services).map((service) => service.ready()));
      const open = async () => (await allOrders(system)).filter(({ status }) => status === 'PLACED').length;
      await until(async () => (await open()) === 0, { timeoutMs: TIMEOUT_MS, what: 'all orders to end' });
      say('all have ended');

      const orders = await allOrders(system);
      expect(orders).toHaveLength(ORDERS);
      const wrong = orders.filter(({ id, status }) => placed.get(id) !== status);
      expect(wrong.map(({ id, status, failure }) => ({ id, status, failure, expected: placed.get(id) }))).toEqual([]);
      await expectBalanced(system, initial);
      expect(await charges()).toEqual({ charged: ORDERS - ofKind(2), refunded: ofKind(4) + ofKind(6) });
      const held = await heldMessages(system.databasePrefix);
      expect(held.filter(({ state }) => state !== 'handled' && state !== 'superseded')).toEqual([]);
      const { sent, repeated, ...faults } = await readPublishedLog(system);
      say(`${sent} messages, ${repeated} of them published again; ${all.length} failures`);
      expect(faults).toEqual({ lost: [], unknown: [], outOfOrder: [] });
    },
    TIMEOUT_MS,
  );

  const ofKind = (kind: number): number =>
    Array.from({ length: ORDERS }, (_, number) => number % KINDS.length).filter((one) => one === kind).length;

  /** Of the provider's own books: each charge and each refund counts, also where a sum would hide them. */
  async function charges() {
    const [row] = await queryService(
      system,
      'payment_provider',
      `SELECT (SELECT count(*)::int FROM charge WHERE status = 'charged') AS charged,
              (SELECT count(*)::int FROM refund WHERE status = 'refunded') AS refunded`,
    );
    return row;
  }
});
