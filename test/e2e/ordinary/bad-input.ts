import { connect } from 'node:net';
import { text } from 'node:stream/consumers';

import { listeningAddresses } from '@waybill/embedded/testing';

import type { ProblemBody } from '../../system/api.js';
import { call, orderRequest } from '../../system/api.js';
import { allOrders } from '../../system/ledger.js';
import type { RunningSystem } from '../../system/running-system.js';
import type { OrdinarySystem } from './ordinary-system.js';

const address = (overrides: object): object => ({ ...(orderRequest()['shippingAddress'] as object), ...overrides });
const items = (...list: unknown[]): Record<string, unknown> => ({ items: list });
const without = (field: string): object => {
  const { [field]: _, ...rest } = orderRequest();
  return rest;
};

/** [what, body, status, pointer of the fault or null] */
const BODIES: readonly [string, unknown, number, string | null][] = [
  ['an empty object', {}, 400, '/customerId'],
  ['an array as body (F44)', [orderRequest()], 400, null],
  ['an empty array as body (F44)', [], 400, null],
  ['a string as body (F44)', '"text"', 400, null],
  ['null as body (F44)', 'null', 400, null],
  ['broken JSON (F45)', '{"customerId":', 400, null],
  ['no customer', without('customerId'), 400, '/customerId'],
  ['an empty customer', orderRequest({ customerId: '' }), 400, '/customerId'],
  ['a customer of 65 characters', orderRequest({ customerId: 'c'.repeat(65) }), 400, '/customerId'],
  ['a customer with a space', orderRequest({ customerId: 'a b' }), 400, '/customerId'],
  ['a number as customer', orderRequest({ customerId: 7 }), 400, '/customerId'],
  ['no items', without('items'), 400, '/items'],
  ['empty items', orderRequest(items()), 400, '/items'],
  ['items as an object (F44)', orderRequest({ items: { sku: 'SKU-MUG-BLUE', quantity: 1 } }), 400, '/items'],
  ['items as nested arrays (F44)', orderRequest(items([{ sku: 'SKU-MUG-BLUE', quantity: 1 }])), 400, '/items/0'],
  [
    '101 lines',
    orderRequest({ items: Array.from({ length: 101 }, (_, i) => ({ sku: `S${i}`, quantity: 1 })) }),
    400,
    '/items',
  ],
  ['quantity 0', orderRequest(items({ sku: 'SKU-MUG-BLUE', quantity: 0 })), 400, '/items/0/quantity'],
  ['a negative quantity', orderRequest(items({ sku: 'SKU-MUG-BLUE', quantity: -1 })), 400, '/items/0/quantity'],
  ['half a quantity', orderRequest(items({ sku: 'SKU-MUG-BLUE', quantity: 0.5 })), 400, '/items/0/quantity'],
  ['a huge quantity', orderRequest(items({ sku: 'SKU-MUG-BLUE', quantity: 1e300 })), 400, '/items/0/quantity'],
  ['10,001 units', orderRequest(items({ sku: 'SKU-MUG-BLUE', quantity: 10_001 })), 400, '/items/0/quantity'],
  ['a string as quantity', orderRequest(items({ sku: 'SKU-MUG-BLUE', quantity: '2' })), 400, '/items/0/quantity'],
  [
    'the same sku twice',
    orderRequest(items({ sku: 'SKU-MUG-BLUE', quantity: 1 }, { sku: 'SKU-MUG-BLUE', quantity: 2 })),
    400,
    null,
  ],
  ['an unknown field', orderRequest({ discount: 100 }), 400, '/discount'],
  [
    'an unknown field in an item',
    orderRequest(items({ sku: 'SKU-MUG-BLUE', quantity: 1, price: 1 })),
    400,
    '/items/0/price',
  ],
  ['a NUL in a name', orderRequest({ shippingAddress: address({ name: 'a\u0000b' }) }), 400, '/shippingAddress/name'],
  [
    'a lone surrogate in a name',
    JSON.stringify(orderRequest({ shippingAddress: address({ name: 'X' }) })).replace('"X"', String.raw`"\ud800"`),
    400,
    '/shippingAddress/name',
  ],
  [
    'a name of 201 characters',
    orderRequest({ shippingAddress: address({ name: 'n'.repeat(201) }) }),
    400,
    '/shippingAddress/name',
  ],
  [
    'a country that is none',
    orderRequest({ shippingAddress: address({ country: 'XX' }) }),
    400,
    '/shippingAddress/country',
  ],
  ['no address', without('shippingAddress'), 400, '/shippingAddress'],
  ['no payment method', without('paymentMethod'), 400, '/paymentMethod'],
  [
    'a card number as payment method (F81)',
    orderRequest({ paymentMethod: '4111 1111 1111 1111' }),
    400,
    '/paymentMethod',
  ],
  ['a card number as customer (F81)', orderRequest({ customerId: '4111-1111-1111-1111' }), 400, '/customerId'],
  [
    'a card number in an address (F81)',
    orderRequest({ shippingAddress: address({ line1: 'card 4111111111111111' }) }),
    400,
    '/shippingAddress/line1',
  ],
  ['an unknown sku', orderRequest(items({ sku: 'SKU-NOWHERE', quantity: 1 })), 422, '/items/0/sku'],
  ['the sku "constructor" (F46)', orderRequest(items({ sku: 'constructor', quantity: 1 })), 422, '/items/0/sku'],
  ['the sku "__proto__" (F46)', orderRequest(items({ sku: '__proto__', quantity: 1 })), 422, '/items/0/sku'],
  ['a body over 100 KB (F45)', orderRequest({ paymentMethod: 'x'.repeat(110_000) }), 413, null],
];

export function refusesBadInput(running: () => OrdinarySystem): void {
  describe('input that is not an order', () => {
    let system: RunningSystem;

    beforeAll(() => {
      ({ system } = running());
    });

    afterAll(async () => {
      expect(await allOrders(system)).toEqual([]); // none of it was accepted
    }, 60_000);

    it.each(BODIES)('%s is refused with the reason, and nothing is written', async (_, body, status, pointer) => {
      const answer = await system.post<ProblemBody>('/orders', body);
      expect(answer.status).toBe(status);
      expect(answer.headers.get('content-type')).toMatch(/^application\/problem\+json/);
      expect(answer.body).toMatchObject({
        status,
        code: expect.any(String),
        title: expect.any(String),
        type: expect.any(String),
      });
      if (pointer !== null) expect(answer.body.errors?.map((error) => error.pointer)).toContain(pointer);
      expect(answer.text.replaceAll(/[ -]/g, '')).not.toContain('4111111111111111'); // F81: never echoed
    });

    it('names every invalid field at once', async () => {
      const answer = await system.post<ProblemBody>(
        '/orders',
        orderRequest({ customerId: '', items: [], paymentMethod: 7 }),
      );
      const pointers = answer.body.errors?.map(({ pointer }) => pointer);
      expect(pointers).toEqual(expect.arrayContaining(['/customerId', '/items', '/paymentMethod']));
    });

    it('refuses another content type with 415 (F45)', async () => {
      const answer = await call<ProblemBody>(`${system.services.order.url}/orders`, {
        method: 'POST',
        headers: { 'content-type': 'text/plain' },
        body: 'an order, please',
      });
      expect(answer).toMatchObject({ status: 415, body: { status: 415 } });
    });

    it.each([
      ['/orders/not-an-id', 400],
      ['/orders/0197d6a4-5c1e-7b3a-9c55-0a1b2c3d4e5f', 404],
      ['/orders/0197d6a4-5c1e-7b3a-9c55-0a1b2c3d4e5f/timeline', 404],
      ['/sagas/0197d6a4-5c1e-7b3a-9c55-0a1b2c3d4e5f', 404],
      ['/orders?limit=0', 400],
      ['/orders?limit=101', 400],
      ['/orders?limit=ten', 400],
      ['/orders?cursor=%00', 400],
      ['/orders?cursor=bm9uc2Vuc2U', 400],
      ['/orders?status=LOST', 400],
      ['/orders?customerId=a%20b', 400],
      ['/orders/%ff', 400],
      ['/nowhere', 404],
    ])('GET %s answers %i as problem details', async (path, status) => {
      const answer = await call<ProblemBody>(`${system.services.order.url}${path}`);
      expect(answer).toMatchObject({ status, body: { status, code: expect.any(String) } });
    });

    it.each([
      ['inventory', '/stock/constructor', 404],
      ['inventory', '/stock/%00', 400],
      ['payment', '/payments?orderId=nonsense', 400],
      ['shipping', '/shipments?orderId=nonsense', 400],
    ] as const)('%s: GET %s answers %i as problem details', async (service, path, status) => {
      const answer = await call<ProblemBody>(`${system.services[service].url}${path}`);
      expect(answer).toMatchObject({ status, body: { status, code: expect.any(String) } });
    });

    it.each([
      [{ quantity: 0 }],
      [{ quantity: -1 }],
      [{ quantity: 1.5 }],
      [{ quantity: 1e300 }],
      [{ quantity: '5' }],
      [{}],
      [[]],
    ])('restocking by %j is refused', async (body) => {
      const answer = await call<ProblemBody>(`${system.services.inventory.url}/stock/SKU-SOLD-OUT/restock`, {
        method: 'POST',
        body,
      });
      expect(answer.status).toBe(400);
    });

    it('F31: every request that has an effect takes an Idempotency-Key, whatever service it goes to', async () => {
      const lacking: string[] = [];
      let asked = 0;
      for (const { name, url } of Object.values(system.services)) {
        const { body } = await call<ApiDescription>(`${url}/docs-json`);
        for (const [path, methods] of Object.entries(body.paths)) {
          for (const method of Object.keys(methods).filter((known) => !['get', 'head', 'options'].includes(known))) {
            if (WITHOUT_EFFECT.has(`${method} ${path}`)) continue;
            asked += 1;
            // A key that is none is refused before anything else is looked at; so nothing happens.
            const answer = await call<ProblemBody>(`${url}${path.replaceAll(/\{\w+\}/g, 'x')}`, {
              method: method.toUpperCase(),
              headers: { 'idempotency-key': 'no key' },
              body: {},
            });
            if (answer.body.code !== 'IDEMPOTENCY_KEY_INVALID') lacking.push(`${name}: ${method} ${path}`);
          }
        }
      }
      expect(lacking).toEqual([]);
      expect(asked).toBeGreaterThan(15);
    });

    it('F74: no service listens beyond this machine, or answers to a name that it was not given', async () => {
      for (const { port, pid } of Object.values(system.services)) {
        expect(await listeningAddresses(pid ?? 0)).toEqual([`127.0.0.1:${port}`]);
        expect(await rawStatus(port, 'GET /admin/outbox HTTP/1.1\r\nHost: evil.example')).toBe(421);
        expect(await rawStatus(port, `POST /admin/x HTTP/1.1\r\nHost: localhost\r\nOrigin: http://evil.example`)).toBe(
          403,
        );
        expect(await rawStatus(port, 'GET /metrics HTTP/1.1\r\nHost: localhost\r\nX-Forwarded-For: 127.0.0.1')).toBe(
          403,
        );
        expect(await rawStatus(port, 'GET /metrics HTTP/1.1\r\nHost: localhost')).toBe(200);
      }
    });
  });
}

interface ApiDescription {
  readonly paths: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
}

/** The first only looks; each look of the second is a line in the audit, and its answer, in clear, is kept nowhere. */
const WITHOUT_EFFECT = new Set([
  'post /admin/dead-letters/preview',
  'post /admin/dead-letters/{id}/reveal',
  'post /admin/outbox/messages/{id}/reveal',
]);

/** The status of what a request with this head, which `fetch` wouldn't send, is answered. */
async function rawStatus(port: number, head: string): Promise<number> {
  const socket = connect(port, '127.0.0.1');
  socket.write(`${head}\r\nConnection: close\r\n\r\n`);
  return Number((await text(socket)).slice('HTTP/1.1 '.length, 'HTTP/1.1 200'.length));
}
