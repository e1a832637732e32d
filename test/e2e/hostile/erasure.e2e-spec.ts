import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

import { ProcessPayment, SERVICE_NAMES } from '@waybill/contracts';
import { startEmbeddedKafka } from '@waybill/embedded/testing';
import type { EmbeddedKafka } from '@waybill/embedded/testing';
import { encodeEnvelope } from '@waybill/messaging';
import { newId } from '@waybill/observability';

import { call } from '../../system/api.js';
import type { OrderBody } from '../../system/api.js';
import { copyDatabase, restoreDatabase } from '../../system/database-copies.js';
import { DocumentedCommands } from '../../system/documented-commands.js';
import type { Ran } from '../../system/documented-commands.js';
import { publishOn, readTopics } from '../../system/read-topics.js';
import { AT_THE_BROKER, RunningSystem } from '../../system/running-system.js';
import { queryService } from '../../system/service-database.js';
import { tracesIn, tracesInDatabases, tracesInTopics } from '../../system/traces-of.js';
import type { Marks, Trace } from '../../system/traces-of.js';
import { until } from '../../system/until.js';

const DAY_MS = 86_400_000;
/** Each is one of a kind, and would be found wherever it went. */
const MARKS = {
  customer: 'cust-vanishing-5519',
  name: 'Ottilie Vanishing',
  address: '12 Disappearance Crescent',
  contact: 'vanishing@mail.example',
  postcode: 'VX7-3WQ9RT',
  payment: 'pm_vanishing_token',
  reason: 'Vanishing to Atlantis',
} as const satisfies Marks;
/** Somebody else, who stays. */
const STAYS = { other: 'cust-remaining-8842', otherName: 'Rosalind Remaining' } as const satisfies Marks;
const shippingAddress = {
  name: MARKS.name,
  line1: MARKS.address,
  line2: MARKS.contact.repeat(8), // so that the command is large for the claim check's threshold
  city: 'Atlantis',
  postalCode: MARKS.postcode,
  country: 'DE',
};
/** Not ours to erase, a backup, or gone by itself: as the page says. */
const NOT_ERASED = /^(payment_provider|carrier): |_copy: |^order: http_idempotency\.|^(payment|shipping)\.commands: /;

const ERASE = 'waybill customers erase <id> --why "request 4711"';
const ERASE_LISTED = 'waybill customers erase --from erased-orders.txt --why "restored, INC-7"';
/** For services that are down or hold letters, which no wait would help. */
const BRIEFLY = ['--wait', '3s'];

describe('a customer who is erased, as docs/personal-data.md says', () => {
  let kafka: EmbeddedKafka;
  let system: RunningSystem;
  let page: DocumentedCommands;
  let folder: string;
  /** A fulfilled order with a dead command, and one that is parked behind it. */
  let withLetters: string;
  let orderIds: readonly string[];

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'waybill-erasure-'));
    kafka = await startEmbeddedKafka({ storage: 'memory', autoCreateTopics: false });
    system = await RunningSystem.start({
      KAFKA_BROKERS: kafka.brokers,
      CLAIM_CHECK_URL: pathToFileURL(folder).href,
      CLAIM_CHECK_THRESHOLD_BYTES: '350',
      LOG_LEVEL: 'debug',
    });
    page = new DocumentedCommands('docs/personal-data.md', system);
  }, 120_000);

  afterAll(async () => {
    await system?.stop();
    await kafka?.stop();
    await rm(folder, { recursive: true, force: true });
  }, 60_000);

  const place = async (overrides: Record<string, unknown> = {}, headers: Record<string, string> = {}) => {
    const { status, body } = await system.place({ customerId: MARKS.customer, shippingAddress, ...overrides }, headers);
    expect(status).toBe(201);
    return body.id;
  };
  const erase = (): Promise<Ran> => page.run(ERASE, { '<id>': MARKS.customer }, BRIEFLY);

  async function tracesInPayloads(): Promise<readonly Trace[]> {
    const files = (await readdir(folder, { recursive: true, withFileTypes: true })).filter((file) => file.isFile());
    const texts = await Promise.all(files.map((file) => readFile(join(file.parentPath, file.name), 'utf8')));
    return tracesIn(texts.join('\n'), 'payload store', MARKS);
  }

  /** Everywhere but where the page says that something is left. */
  async function traces(marks: Marks = MARKS): Promise<readonly Trace[]> {
    const seen = await Promise.all(
      orderIds.map(async (id) =>
        JSON.stringify([await system.order(id), await system.timeline(id), await system.saga(id)]),
      ),
    );
    const found = [
      ...(await tracesInDatabases(system, marks)),
      ...(await tracesInTopics(system, marks)),
      ...(await tracesInPayloads()),
      ...tracesIn(seen.join('\n'), 'what the order service answers', marks),
      ...SERVICE_NAMES.flatMap((name) => tracesIn(system.services[name].output, `log of ${name}`, marks)),
    ];
    return found.filter((trace) => !NOT_ERASED.test(trace.place));
  }

  /** A command that its receiver can't handle, under the order's key. */
  async function publishBroken(orderId: string): Promise<void> {
    const time = new Date().toISOString();
    const envelope = { id: newId(), source: '/order', type: ProcessPayment.type, time, correlationId: orderId };
    const value = Buffer.from(JSON.stringify({ orderId, customerId: MARKS.customer, note: MARKS.name }));
    const record = { topic: ProcessPayment.topic, key: Buffer.from(orderId), value };
    await publishOn(system.broker, [{ ...record, headers: encodeEnvelope(envelope, orderId) }]);
  }

  const held = async (): Promise<readonly string[]> => {
    const text = `SELECT state FROM held_message WHERE key = convert_to('${withLetters}', 'UTF8') ORDER BY seq`;
    return (await queryService(system, 'payment', text)).map(({ state }) => String(state));
  };

  it('is refused while an order is under way, and names it', async () => {
    const placed = [
      await place({}, { 'idempotency-key': 'one-of-a-kind-77' }),
      await place({ paymentMethod: MARKS.payment }), // declined: nobody knows it
      await place({ items: [{ sku: 'SKU-SOLD-OUT', quantity: 1 }] }),
      await place({ shippingAddress: { ...shippingAddress, postalCode: '00000' } }), // the carrier refuses
    ];
    withLetters = placed[0] ?? '';
    const ended: readonly OrderBody[] = await Promise.all(placed.map((id) => system.ended(id)));
    expect(ended.map(({ status }) => status)).toEqual(['FULFILLED', 'REJECTED', 'REJECTED', 'REJECTED']);
    const underWay = await place({ paymentMethod: 'pm_card_timeout_after_always' });
    orderIds = [...placed, underWay];
    const other = { ...shippingAddress, name: STAYS.otherName, line1: 'x', line2: 'x', postalCode: '12345' };
    await system.placeAndWait({ customerId: STAYS.other, shippingAddress: other });
    await until(async () => (await system.saga(withLetters)).status === 'COMPLETED', { what: 'the saga to end' });
    await publishBroken(withLetters);
    await publishBroken(withLetters);
    await until(async () => (await held()).length === 2, { what: 'the letters' });
    expect(await held()).toEqual(['dead', 'parked']);

    const refused = await erase();
    expect([refused.code, refused.stderr]).toEqual([1, expect.stringContaining(`order ${underWay} has not ended`)]);
    expect(await system.order(withLetters)).toMatchObject({ customerId: MARKS.customer });

    await system.post(`/orders/${underWay}/cancel`, { reason: MARKS.reason });
    await system.ended(underWay);
    const marks = new Set((await traces()).map(({ mark }) => mark));
    expect([...marks].sort()).toEqual(Object.keys(MARKS).sort()); // all of it is there
    expect((await traces()).map(({ place }) => place)).toContain('payload store');
  }, 300_000);

  it('is erased by a service that was down once it is back, and behind a dead letter once that is decided on', async () => {
    await Promise.all(SERVICE_NAMES.map((name) => system.services[name].end()));
    await Promise.all((['order', 'payment'] as const).map((name) => copyDatabase(system, name))); // with the customer
    await Promise.all((['order', 'shipping', 'inventory'] as const).map((name) => system.services[name].start()));
    const begun = await erase();
    expect([begun.code, begun.stdout]).toEqual([1, expect.stringContaining('payment has yet to confirm 5 orders')]);

    await system.services.payment.start();
    const pending = async () =>
      (await page.run('waybill customers erasures')).stdout.split('\n').find((line) => line.includes('request 4711')) ??
      '';
    await until(async () => (await pending()).includes('payment 1 '), {
      timeoutMs: 120_000,
      what: 'all but one order',
    });
    expect(await held()).toEqual(['dead', 'parked', 'parked']);
    const order = { '<order>': withLetters };
    for (let letters = 2; letters > 0; letters -= 1) {
      await until(async () => (await held()).includes('dead'), { what: 'the next dead letter' });
      expect((await page.run('waybill dlq list --service payment --key <order>', order)).stdout).toContain('dead');
      await page.run('waybill dlq discard --service payment --key <order> --yes --why "request 4711"', order);
    }
    await until(async () => / - +ada /.test(await pending()), {
      timeoutMs: 120_000,
      what: 'payment to confirm',
      detail: () => system.services.payment.output.slice(-2000),
    });
    expect(await traces()).toEqual([]);
    expect(new Set((await traces(STAYS)).map(({ mark }) => mark))).toEqual(new Set(['other', 'otherName']));
    expect(await system.order(withLetters)).toMatchObject({
      status: 'FULFILLED',
      customerId: '(erased)',
      total: { currency: 'EUR' },
    });
    expect(await erase()).toMatchObject({ code: 0, stdout: expect.stringContaining('No order is kept under this id') });
  }, 300_000);

  it('stays erased when every command of the orders is delivered once more', async () => {
    const records = await readTopics(system.broker, ['payment.commands', 'shipping.commands']);
    const again = records.filter(({ key }) => orderIds.includes(key?.toString() ?? ''));
    expect(again.length).toBeGreaterThan(10);
    await publishOn(
      system.broker,
      again.map(({ topic, key, value, headers }) => ({ topic, key, value, headers })),
    );
    await until(
      async () => {
        const answers = await Promise.all(
          (['payment', 'shipping'] as const).map((name) =>
            call<readonly { lagMessages: number }[]>(`${system.services[name].url}/admin/topics`),
          ),
        );
        return answers.every(({ body }) => body.every(({ lagMessages }) => lagMessages === 0));
      },
      { timeoutMs: 120_000, what: 'everything to be read' },
    );
    expect(await traces()).toEqual([]);
  }, 180_000);

  it('is erased once more after a restore, by the list of orders', async () => {
    const { stdout: list } = await page.run('waybill customers erased-orders > erased-orders.txt');
    expect(list.trim().split('\n').sort()).toEqual([...orderIds].sort());
    const file = join(folder, 'erased-orders.txt');
    await writeFile(file, list);
    await Promise.all((['order', 'payment'] as const).map((name) => system.services[name].end()));
    await Promise.all((['order', 'payment'] as const).map((name) => restoreDatabase(system, name)));
    await Promise.all((['order', 'payment'] as const).map((name) => system.services[name].start()));
    expect((await traces()).length).toBeGreaterThan(0);
    const order = { '<order>': withLetters };
    await until(
      async () => {
        await page.run('waybill dlq discard --service payment --key <order> --yes --why "request 4711"', order);
        await page.run(ERASE_LISTED, { 'erased-orders.txt': file }, BRIEFLY);
        return (await traces()).length === 0;
      },
      {
        timeoutMs: 300_000,
        what: 'the customer to be gone again',
        detail: () => system.services.order.output.slice(-2000),
      },
    );
  }, 400_000);

  it('is on no topic any more once the retention has passed', async () => {
    expect((await tracesInTopics(system, MARKS)).length).toBeGreaterThan(0);
    kafka.applyRetention(Date.now() + 8 * DAY_MS);
    expect(await tracesInTopics(system, MARKS)).toEqual([]);
    expect(
      (await readTopics(system.broker, AT_THE_BROKER.topics)).every(({ topic }) => topic === 'inventory.catalogue'),
    ).toBe(true);
  }, 180_000);
});
