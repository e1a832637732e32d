import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';

import { CreateShipment, ProcessPayment, SERVICE_NAMES } from '@waybill/contracts';
import type { ServiceName } from '@waybill/contracts';
import { encodeEnvelope } from '@waybill/messaging';

import { call } from '../../system/api.js';
import type { OrderBody } from '../../system/api.js';
import { publishOn } from '../../system/read-topics.js';
import { RunningSystem } from '../../system/running-system.js';
import { tracesIn, tracesInDatabases, tracesInTopics } from '../../system/traces-of.js';
import type { Marks, Trace } from '../../system/traces-of.js';
import { until } from '../../system/until.js';

/** Each is one of a kind, and would be found wherever it went. */
const MARKS = {
  customer: 'cust-quandary-7731',
  name: 'Zebulon Quandary',
  address: '77 Umbrella Lane',
  contact: 'quandary@mail.example',
  postcode: 'ZQ9-7XKQ8J',
  payment: 'pm_quandary_token',
  reason: 'Quandary moved to Xyloport',
  operator: 'quill.operator',
  why: 'Quandary called at noon',
  card: '4111111111111111',
  strangersCard: '5500005555555559',
} as const satisfies Marks;
const { card } = MARKS;
const shippingAddress = {
  name: MARKS.name,
  line1: MARKS.address,
  line2: MARKS.contact,
  city: 'Xyloport',
  postalCode: MARKS.postcode,
  country: 'DE',
};
const operator = { who: MARKS.operator, why: MARKS.why };

const PAGE = readFileSync('docs/personal-data.md', 'utf8');

/** The rows of the page's table: `| what | `place` | … |`. */
function declaredPlaces(): ReadonlySet<string> {
  const rows = PAGE.matchAll(/^\| ([a-zA-Z, ]+) \| `([^`]+)` \|/gm);
  return new Set([...rows].flatMap(([, marks = '', place]) => marks.split(', ').map((mark) => `${mark} in ${place}`)));
}

describe('personal data', () => {
  let system: RunningSystem;

  beforeAll(async () => {
    system = await RunningSystem.start({ MONITOR_INTERVAL_MS: '1000', LOG_LEVEL: 'debug' });
  }, 120_000);

  afterAll(() => system?.stop(), 60_000);

  const place = (overrides: Record<string, unknown> = {}, headers: Record<string, string> = {}) =>
    system.place({ customerId: MARKS.customer, shippingAddress, ...overrides }, headers);
  const admin = (service: ServiceName, path: string, body?: unknown) =>
    call<{ items: readonly { id: string }[]; code?: string }>(
      `${system.services[service].url}/admin/${path}`,
      body === undefined ? {} : { method: 'POST', body },
    );

  /** Orders that end well and badly, input that is refused, letters that are shown, replayed, edited and given up. */
  async function useTheSystem(): Promise<readonly string[]> {
    const accepted = await Promise.all([
      place({}, { 'idempotency-key': `key-${MARKS.customer}` }),
      place({ paymentMethod: MARKS.payment }),
      place({ items: [{ sku: 'SKU-SOLD-OUT', quantity: 1 }] }),
      place({ shippingAddress: { ...shippingAddress, postalCode: '00000' } }),
    ]);
    const ended = accepted.map(({ body }) => body.id);
    await Promise.all(ended.map((id) => system.ended(id)));
    const unpaid = await place({ paymentMethod: 'pm_card_timeout_after_always' }); // it doesn't end before it is cancelled
    expect([...accepted, unpaid].map(({ status }) => status)).toEqual([201, 201, 201, 201, 201]);
    const last = unpaid.body.id;
    expect((await admin('order', `sagas/${last}/retry`, operator)).status).toBe(200);
    const cancelled = await system.post<OrderBody>(`/orders/${last}/cancel`, { reason: MARKS.reason });
    expect(cancelled.status).toBe(202);
    await system.ended(last);
    return [...ended, last];
  }

  /** What must not be kept is refused, and so not answered with either. */
  async function sendBadInput(id: string): Promise<void> {
    const refused = await Promise.all([
      place({ paymentMethod: card }),
      place({ shippingAddress: { ...shippingAddress, name: `${MARKS.name} ${card}` } }),
      place({ shippingAddress: { ...shippingAddress, postalCode: card } }),
      place({ items: [{ sku: card, quantity: 1 }] }),
      place({ cardNumber: card }),
      system.post('/orders', `{"paymentMethod": "${card}", "name": "${MARKS.name}`),
      system.post(`/orders/${id}/cancel`, { reason: card }),
      call(`${system.services.order.url}/orders?customerId=${card}%20`),
      call(`${system.services.order.url}/orders/${card}`),
      admin('order', `sagas/${id}/retry`, { who: MARKS.operator, why: `the card is ${card}` }),
      admin('order', `orphans/${id}/recover`, { who: card, why: 'x' }),
      admin('order', 'dead-letters/discard', { filter: {}, limit: 1, who: card, why: 'x' }),
      admin('order', 'lanes/1/settle', { who: 'x', why: card }),
      admin('order', `outbox/refused/${randomUUID()}/retry`, { who: card, why: 'x' }),
    ]);
    expect(refused.filter(({ status }) => status !== 400 && status !== 422)).toEqual([]);
    for (const { text } of refused) expect(text).not.toContain(card);
    await place({}, { 'idempotency-key': card });
  }

  /** Messages that nobody can handle, with a card number of their own; then everything that operators do about them. */
  async function sendBadMessages(): Promise<void> {
    const send = (
      contract: { readonly topic: string; readonly type: string },
      value: string,
      time = new Date().toISOString(),
    ) => {
      const [id, orderId] = [randomUUID(), randomUUID()];
      const envelope = { id, source: '/order', type: contract.type, time, correlationId: orderId };
      const record = {
        topic: contract.topic,
        key: Buffer.from(orderId),
        value: Buffer.from(value.replace('<id>', orderId)),
        headers: encodeEnvelope(envelope, orderId),
      };
      return publishOn(system.broker, [record]);
    };
    const paymentMethod = { kind: 'card', token: MARKS.strangersCard };
    const payment = { orderId: '<id>', customerId: MARKS.customer, paymentMethod };
    await send(ProcessPayment, JSON.stringify({ ...payment, amount: MARKS.contact }));
    await send(ProcessPayment, `{"paymentMethod": ${MARKS.strangersCard} ${MARKS.name}`);
    await send(ProcessPayment, JSON.stringify({ ...payment, [MARKS.name]: MARKS.contact }), 'yesterday');
    await send(CreateShipment, JSON.stringify({ orderId: '<id>', items: MARKS.address, address: shippingAddress }));

    const letters = async (service: 'payment' | 'shipping') => (await admin(service, 'dead-letters')).body.items;
    await until(async () => (await letters('payment')).length >= 3 && (await letters('shipping')).length >= 1, {
      what: 'the letters',
    });
    const [letter] = await letters('payment');
    const shown = await Promise.all([
      admin('payment', 'dead-letters'),
      admin('payment', 'dead-letters/groups'),
      admin('payment', 'dead-letters/preview', { filter: {}, limit: 10 }),
      ...(await letters('payment')).map(({ id }) => admin('payment', `dead-letters/${id}`)),
      ...(await letters('shipping')).map(({ id }) => admin('shipping', `dead-letters/${id}`)),
      admin('payment', `dead-letters/${letter?.id}/edit`, {
        ...operator,
        payload: { paymentMethod: MARKS.strangersCard },
      }),
    ]);
    expect(shown.flatMap(({ text }) => tracesIn(text, 'what operators see', MARKS))).toEqual([]);
    await admin('payment', `dead-letters/${letter?.id}/reveal`, operator);
    await admin('payment', 'dead-letters/replay', { filter: {}, limit: 1, ...operator });
    await admin('payment', 'dead-letters/discard', { filter: {}, limit: 1, ...operator });
    await admin('inventory', 'catalogue/publish', operator);
  }

  /** What anybody may ask for, and what operators ask for all the time. */
  async function answers(ids: readonly string[]): Promise<readonly Trace[]> {
    const { order, payment, shipping, inventory } = system.services;
    const paths = [
      ...ids.flatMap((id) => [
        [order.url, `/orders/${id}`],
        [order.url, `/orders/${id}/timeline`],
        [order.url, `/sagas/${id}`],
        [payment.url, `/payments?orderId=${id}`],
        [shipping.url, `/shipments?orderId=${id}`],
      ]),
      [inventory.url, '/products'],
      ...SERVICE_NAMES.flatMap((name) =>
        ['/metrics', '/health/ready', '/health/live', '/admin/outbox', '/admin/topics', '/admin/lanes'].map((path) => [
          system.services[name].url,
          path,
        ]),
      ),
    ];
    const traces = await Promise.all(
      paths.map(async ([url = '', path = '']) => {
        const text = await (await fetch(`${url}${path}`)).text();
        return tracesIn(text, `GET ${path.replace(/[0-9a-f-]{36}/, '{id}')}`, MARKS);
      }),
    );
    return traces.flat();
  }

  it('is where docs/personal-data.md says, and nowhere else, whatever happens to it (F81)', async () => {
    const ids = await useTheSystem();
    await sendBadInput(ids[0] ?? '');
    await sendBadMessages();
    const traces = [
      ...(await answers(ids)),
      ...(await tracesInDatabases(system, MARKS)),
      ...(await tracesInTopics(system, MARKS)),
      ...SERVICE_NAMES.flatMap((name) => tracesIn(system.services[name].output, `log of ${name}`, MARKS)),
    ];
    const found = new Set(traces.map(({ mark, place }) => `${mark} in ${place}`));
    const declared = declaredPlaces();
    expect([...found].filter((one) => !declared.has(one)).sort()).toEqual([]);
    // A page that declares more than there is hides what comes to be there.
    expect([...declared].filter((one) => !found.has(one)).sort()).toEqual([]);
  }, 120_000);
});
