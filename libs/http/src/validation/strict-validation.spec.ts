import type { NestExpressApplication } from '@nestjs/platform-express';
import request from 'supertest';

import { order, postOrder, problemIn, startExampleApp, UUID } from '../testing/example-app.js';
import type { SeenProblem } from '../testing/example-app.js';

let app: NestExpressApplication;

beforeAll(async () => {
  app = await startExampleApp();
});

afterAll(() => app.close());

const http = () => request(app.getHttpServer());
const post = (body: object | string) => postOrder(app, body);

describe('F44 a body that is not an object', () => {
  it.each([['[]'], [JSON.stringify([order()])], ['"text"'], ['5'], ['null'], ['true']])(
    'is refused: %s',
    async (body) => {
      expect(problemIn(await post(body))).toMatchObject({
        status: 400,
        code: 'VALIDATION_FAILED',
        errors: [['', 'INVALID_TYPE']],
      });
    },
  );

  it('is the same as an empty object where there is none at all', async () => {
    const expected: SeenProblem = {
      status: 400,
      code: 'VALIDATION_FAILED',
      errors: [
        ['/customerId', 'REQUIRED'],
        ['/items', 'REQUIRED'],
        ['/shippingAddress', 'REQUIRED'],
      ],
    };
    expect(problemIn(await http().post('/orders'))).toMatchObject(expected);
    expect(problemIn(await post(''))).toMatchObject(expected);
  });

  it.each([
    ['an object', { 0: { sku: 'a', quantity: 1 }, length: 1 }, '/items'],
    ['nested arrays', [[{ sku: 'a', quantity: 1 }]], '/items/0'],
    ['null', null, '/items'],
    ['a null', [{ sku: 'a', quantity: 1 }, null], '/items/1'],
    ['a string', ['a'], '/items/0'],
    ['an empty nested array', [[]], '/items/0'],
  ])('is refused for its items: %s', async (_what, items, pointer) => {
    const response = await post({ ...order(), items });
    expect(problemIn(response)).toMatchObject({
      status: 400,
      code: 'VALIDATION_FAILED',
      errors: [[pointer, 'INVALID_TYPE']],
    });
  });

  it.each([[[]], [[{ name: 'Ada', country: 'GB' }]], [null], ['text'], [1]])(
    'is refused for its address: %j',
    async (shippingAddress) => {
      const response = await post({ ...order(), shippingAddress });
      expect(problemIn(response)).toMatchObject({
        status: 400,
        code: 'VALIDATION_FAILED',
        errors: [['/shippingAddress', 'INVALID_TYPE']],
      });
    },
  );
});

describe('an invalid field', () => {
  it('is named by its pointer, and so are all others', async () => {
    const response = await post({
      customerId: 'no spaces',
      items: [
        { sku: 'SKU-1', quantity: 0 },
        { sku: '', quantity: 1.5 },
        { sku: 'SKU-1', quantity: '3', color: 'red' },
      ],
      shippingAddress: { name: 'x'.repeat(201), line2: null, country: 'gb' },
      coupon: 'FREE',
    });
    expect(problemIn(response)).toMatchObject({ status: 400, code: 'VALIDATION_FAILED' });
    const { errors } = JSON.parse(response.text) as { errors: { pointer: string; code: string }[] };
    expect(Object.fromEntries(errors.map(({ pointer, code }) => [pointer, code]))).toEqual({
      '/coupon': 'UNKNOWN_FIELD',
      '/customerId': 'INVALID_FORMAT',
      '/items/0/quantity': 'OUT_OF_RANGE',
      '/items/1/sku': 'TOO_SHORT',
      '/items/1/quantity': 'INVALID_TYPE',
      '/items/2/sku': 'DUPLICATE',
      '/items/2/quantity': 'INVALID_TYPE',
      '/items/2/color': 'UNKNOWN_FIELD',
      '/shippingAddress/name': 'TOO_LONG',
      '/shippingAddress/line2': 'INVALID_TYPE',
      '/shippingAddress/country': 'INVALID_FORMAT',
    });
  });

  it('is named where it is missing', async () => {
    expect(problemIn(await post({}))).toMatchObject({
      status: 400,
      code: 'VALIDATION_FAILED',
      errors: [
        ['/customerId', 'REQUIRED'],
        ['/items', 'REQUIRED'],
        ['/shippingAddress', 'REQUIRED'],
      ],
    });
  });

  it.each([
    [[], 'TOO_SHORT'],
    [Array.from({ length: 4 }, (_, index) => ({ sku: `SKU-${index}`, quantity: 1 })), 'TOO_LONG'],
  ])('is an array with too few or too many elements (%#)', async (items, code) => {
    const response = await post({ ...order(), items });
    expect(problemIn(response)).toMatchObject({ status: 400, code: 'VALIDATION_FAILED', errors: [['/items', code]] });
  });

  it.each(['1e400', '-1', '0', '10001', '1e20', '1.5', 'true', 'null', '"1"', '{}', '[1]'])(
    'is a quantity of %s',
    async (quantity) => {
      const json = JSON.stringify(order()).replace('"quantity":2', `"quantity":${quantity}`);
      const response = await post(json);
      expect(problemIn(response)).toMatchObject({ status: 400, code: 'VALIDATION_FAILED' });
      expect(response.text).toContain('/items/0/quantity');
    },
  );

  it('is not listed more than a hundred times', async () => {
    const unknown = Object.fromEntries(Array.from({ length: 5000 }, (_, index) => [`f${index}`, 1]));
    const response = await post({ ...order(), ...unknown });
    const { errors } = JSON.parse(response.text) as { errors: unknown[] };
    expect(errors).toHaveLength(100);
  });
});

describe('a string that cannot be stored', () => {
  it.each([
    ['NUL', '\\u0000', 'NUL_CHARACTER'],
    ['a lone high surrogate', '\\ud83d', 'LONE_SURROGATE'],
    ['a lone low surrogate', 'x\\ude00y', 'LONE_SURROGATE'],
  ])('is refused in a value: %s', async (_what, escape, code) => {
    const json = JSON.stringify(order()).replace('Ada', `A${escape}a`);
    expect(problemIn(await post(json))).toMatchObject({
      status: 400,
      code: 'VALIDATION_FAILED',
      errors: [['/shippingAddress/name', code]],
    });
  });

  it('is refused in the name of a field', async () => {
    expect(problemIn(await post('{"a\\u0000b":1}'))).toMatchObject({ status: 400, code: 'VALIDATION_FAILED' });
  });

  it('is refused in an address that a browser opens, in a page that says why', async () => {
    const accept = 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8';
    const { text, headers } = await http().get('/orders?search=%00').set('Accept', accept).expect(400);
    expect(headers).toMatchObject({ 'content-type': expect.stringMatching(/^text\/html/), vary: 'Accept' });
    expect(text).toContain('The URL must not contain the NUL character.');
  });

  it.each(['/orders?status=%00', '/orders/%00', '/orders/x%00y/cancel'])('is refused in %s', async (url) => {
    expect(problemIn(await http().get(url))).toMatchObject({ status: 400, code: 'NUL_CHARACTER' });
  });
});

describe('F46 a name of Object.prototype', () => {
  it.each(['__proto__', 'constructor', 'hasOwnProperty', 'toString', '__defineGetter__'])(
    'is an unknown field: %s',
    async (name) => {
      const json = JSON.stringify(order()).replace('{', `{"${name}":{"polluted":true},`);
      expect(problemIn(await post(json))).toMatchObject({
        status: 400,
        code: 'VALIDATION_FAILED',
        errors: [[`/${name}`, 'UNKNOWN_FIELD']],
      });
      expect({}).not.toHaveProperty('polluted');
      expect(problemIn(await http().get(`/orders?${name}=1`))).toMatchObject({
        status: 400,
        code: 'VALIDATION_FAILED',
      });
    },
  );

  it('is harmless as a value', async () => {
    const items = [
      { sku: '__proto__', quantity: 1 },
      { sku: 'constructor', quantity: 1 },
    ];
    const { body } = await post({ ...order(), items }).expect(201);
    expect(body).toMatchObject({ body: { items } });
  });
});

describe('parameters', () => {
  it('have defaults and are converted by name', async () => {
    expect((await http().get('/orders').expect(200)).body).toEqual({ limit: 20 });
    expect((await http().get('/orders?limit=7&status=PLACED').expect(200)).body).toEqual({
      limit: 7,
      status: 'PLACED',
    });
  });

  it('name one of a list in upper or lower case; what is none of it is told which there are', async () => {
    for (const status of ['placed', 'Placed', 'PLACED']) {
      expect((await http().get(`/orders?status=${status}`).expect(200)).body).toMatchObject({ status: 'PLACED' });
    }
    const { body } = await http().get('/orders?status=done').expect(400);
    expect(body.errors).toEqual([
      { pointer: '/status', code: 'NOT_ALLOWED', message: 'must be one of PLACED, FULFILLED' },
    ]);
  });

  it.each([
    ['limit=abc', '/limit', 'INVALID_TYPE'],
    ['limit=', '/limit', 'INVALID_TYPE'],
    ['limit=0', '/limit', 'OUT_OF_RANGE'],
    ['limit=101', '/limit', 'OUT_OF_RANGE'],
    ['limit=1.5', '/limit', 'INVALID_TYPE'],
    ['limit=0x10', '/limit', 'INVALID_TYPE'],
    ['limit=1e1', '/limit', 'INVALID_TYPE'],
    ['limit=1&limit=2', '/limit', 'REPEATED_PARAMETER'],
    ['limit[]=1', '/limit[]', 'UNKNOWN_FIELD'],
    ['status[x]=1', '/status[x]', 'UNKNOWN_FIELD'],
    ['status=place', '/status', 'NOT_ALLOWED'],
    ['colour=red', '/colour', 'UNKNOWN_FIELD'],
    ['cursor=', '/cursor', 'TOO_SHORT'],
  ])('are refused: %s', async (query, pointer, code) => {
    expect(problemIn(await http().get(`/orders?${query}`))).toMatchObject({
      status: 400,
      code: 'VALIDATION_FAILED',
      errors: [[pointer, code]],
    });
  });

  it('are UUIDs where the path says so', async () => {
    expect((await http().get(`/orders/${UUID.toUpperCase()}`).expect(200)).body).toMatchObject({ id: UUID });
    expect(problemIn(await http().get('/orders/42'))).toMatchObject({
      status: 400,
      code: 'VALIDATION_FAILED',
      errors: [['/id', 'INVALID_FORMAT']],
    });
  });

  it('are single where the handler takes one', async () => {
    expect(problemIn(await http().get(`/orders/${UUID}?view=a&view=b`))).toMatchObject({
      status: 400,
      code: 'VALIDATION_FAILED',
    });
  });
});
