import { orderClient, validBody } from '../testing/order-client.js';
import { startOrderService } from '../testing/order-service.js';
import type { OrderService } from '../testing/order-service.js';

interface Refusal {
  readonly status: number;
  readonly code: string;
  readonly errors?: readonly { readonly pointer: string; readonly code: string }[];
}

const [line] = validBody.items;
const address = validBody.shippingAddress;
const withItem = (item: unknown) => ({ ...validBody, items: [item] });
const withAddress = (change: object) => ({ ...validBody, shippingAddress: { ...address, ...change } });
const without = (field: string) => Object.fromEntries(Object.entries(validBody).filter(([name]) => name !== field));

describe('input of the order service', () => {
  let service: OrderService;
  let client: ReturnType<typeof orderClient>;

  beforeAll(async () => {
    service = await startOrderService();
    client = orderClient(service.app);
  }, 60_000);

  afterAll(() => service.stop());

  afterEach(async () => {
    const text = 'SELECT count(*)::int AS rows FROM stored_event';
    expect(await service.database.query({ name: 'test_rows', text })).toEqual([{ rows: 0 }]);
  });

  const send = (body: string, type = 'application/json') =>
    client.http().post('/orders').set('Content-Type', type).send(body);

  it.each<[string, unknown, string]>([
    ['an array', [validBody], ''],
    ['an empty array', [], ''],
    ['a string', 'order', ''],
    ['null', null, ''],
    ['a number', 5, ''],
    ['nothing', {}, '/customerId'],
    ['no customerId', without('customerId'), '/customerId'],
    ['no items', without('items'), '/items'],
    ['no shippingAddress', without('shippingAddress'), '/shippingAddress'],
    ['no paymentMethod', without('paymentMethod'), '/paymentMethod'],
    ['an unknown field', { ...validBody, coupon: 'FREE' }, '/coupon'],
    ['a client price', withItem({ ...line, unitPrice: 1 }), '/items/0/unitPrice'],
    ['an empty customerId', { ...validBody, customerId: '' }, '/customerId'],
    ['a long customerId', { ...validBody, customerId: 'c'.repeat(65) }, '/customerId'],
    ['a customerId with a blank', { ...validBody, customerId: 'a b' }, '/customerId'],
    ['a customerId with a line end', { ...validBody, customerId: 'abc\n' }, '/customerId'],
    ['a numeric customerId', { ...validBody, customerId: 7 }, '/customerId'],
    ['no lines', { ...validBody, items: [] }, '/items'],
    ['items as an object', { ...validBody, items: { 0: line } }, '/items'],
    ['nested arrays', { ...validBody, items: [[line]] }, '/items/0'],
    ['a null line', { ...validBody, items: [null] }, '/items/0'],
    [
      '101 lines',
      { ...validBody, items: Array.from({ length: 101 }, (_, i) => ({ sku: `S${i}`, quantity: 1 })) },
      '/items',
    ],
    ['the same SKU twice', { ...validBody, items: [line, line] }, '/items/1/sku'],
    ['an empty SKU', withItem({ sku: '', quantity: 1 }), '/items/0/sku'],
    ['a numeric SKU', withItem({ sku: 5, quantity: 1 }), '/items/0/sku'],
    ['quantity 0', withItem({ ...line, quantity: 0 }), '/items/0/quantity'],
    ['a negative quantity', withItem({ ...line, quantity: -1 }), '/items/0/quantity'],
    ['a fraction', withItem({ ...line, quantity: 1.5 }), '/items/0/quantity'],
    ['a huge quantity', withItem({ ...line, quantity: 10_001 }), '/items/0/quantity'],
    ['an unsafe quantity', withItem({ ...line, quantity: 1e300 }), '/items/0/quantity'],
    ['a quantity in digits', withItem({ ...line, quantity: '2' }), '/items/0/quantity'],
    ['a quantity true', withItem({ ...line, quantity: true }), '/items/0/quantity'],
    ['no quantity', withItem({ sku: 'SKU-1' }), '/items/0/quantity'],
    ['an address as an array', { ...validBody, shippingAddress: [address] }, '/shippingAddress'],
    ['an address as a string', { ...validBody, shippingAddress: 'here' }, '/shippingAddress'],
    ['an empty name', withAddress({ name: '' }), '/shippingAddress/name'],
    ['a blank name', withAddress({ name: '   ' }), '/shippingAddress/name'],
    ['a long city', withAddress({ city: 'c'.repeat(201) }), '/shippingAddress/city'],
    ['line2 null', withAddress({ line2: null }), '/shippingAddress/line2'],
    ['an unknown country', withAddress({ country: 'XX' }), '/shippingAddress/country'],
    ['a country in small letters', withAddress({ country: 'de' }), '/shippingAddress/country'],
    ['an alpha-3 country', withAddress({ country: 'DEU' }), '/shippingAddress/country'],
    ['an unknown field of the address', withAddress({ door: 1 }), '/shippingAddress/door'],
    ['NUL in a string', withAddress({ name: 'a\u0000b' }), '/shippingAddress/name'],
    ['a lone surrogate in a string', withAddress({ city: 'a\ud800b' }), '/shippingAddress/city'],
    ['NUL in a SKU', withItem({ sku: 'a\u0000', quantity: 1 }), '/items/0/sku'],
    ['an empty paymentMethod', { ...validBody, paymentMethod: '' }, '/paymentMethod'],
    ['paymentMethod as an object', { ...validBody, paymentMethod: { card: 1 } }, '/paymentMethod'],
  ])('refuses %s with 400, names the field and writes nothing (F44)', async (_case, body, pointer) => {
    const response = await send(JSON.stringify(body));
    expect(response.status).toBe(400);
    expect(response.headers['content-type']).toContain('application/problem+json');
    const { errors } = response.body as Refusal;
    expect(errors?.map((fault) => fault.pointer)).toContain(pointer);
  });

  it('names every invalid field at once', async () => {
    const { body } = await send(JSON.stringify({ ...withAddress({ country: 'XX', name: '' }), customerId: '!' }));
    const pointers = (body as Refusal).errors?.map(({ pointer }) => pointer);
    expect(new Set(pointers)).toEqual(new Set(['/customerId', '/shippingAddress/name', '/shippingAddress/country']));
  });

  it.each<[string, string, string, number, string]>([
    ['broken JSON', '{"customerId":', 'application/json', 400, 'MALFORMED_JSON'],
    ['an empty body', '', 'application/json', 400, 'VALIDATION_FAILED'],
    ['another media type', 'customerId=c', 'application/x-www-form-urlencoded', 415, 'UNSUPPORTED_MEDIA_TYPE'],
    [
      'a body over 100 KB',
      JSON.stringify({ customerId: 'c'.repeat(110_000) }),
      'application/json',
      413,
      'BODY_TOO_LARGE',
    ],
  ])('answers %s with problem details (F45)', async (_case, body, type, status, code) => {
    const response = await send(body, type);
    expect(response.body).toMatchObject({ status, code, type: 'about:blank' });
    expect(response.status).toBe(status);
  });

  it.each(['constructor', '__proto__', 'toString'])('does not know a SKU named %s: 422 (F46)', async (sku) => {
    const response = await send(
      `{"customerId":"c","items":[{"sku":"${sku}","quantity":1}],"shippingAddress":${JSON.stringify(address)},"paymentMethod":"pm"}`,
    );
    expect(response.status).toBe(422);
    expect(response.body).toMatchObject({ code: 'UNKNOWN_SKU', errors: [{ pointer: '/items/0/sku' }] });
  });

  it.each([
    ['/orders/none', 400],
    ['/orders/0197d6a4-5c1e-7b3a-9c55-0a1b2c3d4e5f', 404],
    ['/orders/0197d6a4-5c1e-7b3a-9c55-0a1b2c3d4e5f/timeline', 404],
    ['/orders/%00', 400],
    ['/orders/%', 400],
    ['/sagas/none', 400],
    ['/sagas/0197d6a4-5c1e-7b3a-9c55-0a1b2c3d4e5f', 404],
    ['/orders?limit=0', 400],
    ['/orders?limit=101', 400],
    ['/orders?limit=many', 400],
    ['/orders?limit=1&limit=2', 400],
    ['/orders?status=DONE', 400],
    ['/orders?customerId=a%20b', 400],
    ['/orders?cursor=none', 400],
    ['/orders?cursor=WyJ4Il0', 400],
    ['/orders?page=2', 400],
    ['/orders?placedSince=yesterday', 400],
    ['/orders?placedUntil=2026-02-30T00:00:00Z', 400],
    ['/nothing', 404],
  ])('answers GET %s with %i', async (path, status) => {
    const response = await client.http().get(path);
    expect(response.status).toBe(status);
    expect(response.body).toMatchObject({ status, code: expect.any(String) });
  });

  it.each([
    ['no reason', {}],
    ['an empty reason', { reason: '' }],
    ['a long reason', { reason: 'r'.repeat(201) }],
    ['an unknown field', { reason: 'r', force: true }],
    ['a numeric reason', { reason: 5 }],
  ])('refuses to cancel for %s', async (_case, body) => {
    await client.http().post('/orders/0197d6a4-5c1e-7b3a-9c55-0a1b2c3d4e5f/cancel').send(body).expect(400);
  });

  it('does not find an order to cancel that was never placed', async () => {
    const { body } = await client.cancel('0197d6a4-5c1e-7b3a-9c55-0a1b2c3d4e5f').expect(404);
    expect(body).toMatchObject({ code: 'ORDER_NOT_FOUND' });
  });
});
