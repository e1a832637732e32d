import type { NestExpressApplication } from '@nestjs/platform-express';
import request from 'supertest';

import { order, postOrder, problemIn, startExampleApp, UUID } from './testing/example-app.js';

let app: NestExpressApplication;

beforeAll(async () => {
  app = await startExampleApp();
});

afterAll(() => app.close());

const http = () => request(app.getHttpServer());
const post = (body: object | string) => postOrder(app, body);

describe('a valid request', () => {
  it('reaches the handler as instances of its classes', async () => {
    const { body } = await post(order()).expect(201);
    expect(body).toEqual({ body: order(), instance: true });
  });

  it('may carry any text that can be stored', async () => {
    const text = '  Zoë "O\'Neil" \u{1F600}\n'.padEnd(150, '\u{1F600}');
    const { body } = await post({ ...order(), shippingAddress: { name: text, country: 'DE' } }).expect(201);
    expect(body).toMatchObject({ body: { shippingAddress: { name: text } } });
  });

  it('has ids, which last until the handler and are told to the client', async () => {
    const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
    const { body, headers } = await http()
      .post('/orders/context')
      .set({ 'X-Correlation-Id': 'from-client', traceparent })
      .send({ any: 'body' })
      .expect(200);
    expect(body).toEqual({
      correlationId: 'from-client',
      traceparent: expect.stringMatching(/^00-0af7651916cd43dd8448eb211c80319c-/),
    });
    expect(headers['x-correlation-id']).toBe('from-client');
    const card = await http().post('/orders/context').set('X-Correlation-Id', '4111.1111.1111.1111').expect(200);
    expect(card.headers['x-correlation-id']).not.toContain('4111'); // F81
    const forged = await http().post('/orders/context').set('X-Correlation-Id', 'a b"}').expect(200);
    expect(forged.body).toMatchObject({ correlationId: expect.stringMatching(/^[0-9a-f-]{36}$/) });
  });
});

describe('F45 a body that the parser refuses', () => {
  it.each(['{"a":', '{a:1}', ' ', '{"a":"\u0001"}', 'NaN'])('is malformed: %j', async (body) => {
    expect(problemIn(await post(body))).toMatchObject({ status: 400, code: 'MALFORMED_JSON' });
  });

  it('is malformed where it is not UTF-8', async () => {
    const broken = Buffer.concat([Buffer.from('{"customerId":"'), Buffer.from([0xed, 0xa0, 0x80]), Buffer.from('"}')]);
    const raw = await fetch(`http://127.0.0.1:${portOf(app)}/orders`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: broken,
    });
    expect(raw.status).toBe(400);
    expect(await raw.json()).toMatchObject({ code: 'MALFORMED_JSON' });
  });

  it('is too large from 102,401 bytes on', async () => {
    const padded = (bytes: number) => JSON.stringify(order()).padEnd(bytes);
    await post(padded(102_400)).expect(201);
    expect(problemIn(await post(padded(102_401)))).toMatchObject({ status: 413, code: 'BODY_TOO_LARGE' });
  });

  it.each(['text/plain', 'application/x-www-form-urlencoded', 'application/jsonx', 'multipart/form-data; boundary=x'])(
    'is of a media type that is not JSON: %s',
    async (type) => {
      const response = await http().post('/orders').set('Content-Type', type).send(JSON.stringify(order()));
      expect(problemIn(response)).toMatchObject({ status: 415, code: 'UNSUPPORTED_MEDIA_TYPE' });
    },
  );

  it.each([
    { 'Content-Type': 'application/json; charset=latin1' },
    { 'Content-Type': 'application/json; charset=utf-16le' },
    { 'Content-Type': 'application/json', 'Content-Encoding': 'x-secret' },
  ])('is in an encoding that is not supported: %j', async (headers) => {
    const response = await http().post('/orders').set(headers).send(JSON.stringify(order()));
    expect(problemIn(response)).toMatchObject({ status: 415, code: 'UNSUPPORTED_MEDIA_TYPE' });
  });

  it.each(['Application/JSON;charset=UTF-8', 'application/vnd.waybill+json'])(
    'is taken where its media type is JSON in other words: %s',
    async (type) => {
      const response = await http().post('/orders').set('Content-Type', type).send(JSON.stringify(order()));
      expect(response.status).toBe(201);
    },
  );

  it('is nested so deep that a recursive walk would overflow', async () => {
    expect(problemIn(await post('['.repeat(40_000) + ']'.repeat(40_000)))).toMatchObject({
      status: 400,
      code: 'VALIDATION_FAILED',
    });
    const deep = '{"a":'.repeat(15_000) + '1' + '}'.repeat(15_000);
    expect(problemIn(await post(deep))).toMatchObject({ status: 400, code: 'VALIDATION_FAILED' });
  });
});

describe('a request that finds no handler', () => {
  it('is 404 where nothing has that path', async () => {
    expect(problemIn(await http().get('/nowhere'))).toMatchObject({ status: 404, code: 'NOT_FOUND' });
  });

  it('is 405 with the methods where the path has others', async () => {
    const response = await http().delete(`/orders/${UUID}`);
    expect(problemIn(response)).toMatchObject({ status: 405, code: 'METHOD_NOT_ALLOWED' });
    expect(response.headers.allow).toBe('GET, HEAD');
  });

  it.each(['/%', '/%FF', '/orders/%E0%A4%A', '/orders?cursor=%ED%A0%80'])(
    'is 400 where its URL does not decode: %s',
    async (url) => {
      expect(problemIn(await http().get(url))).toMatchObject({ status: 400, code: 'MALFORMED_URL' });
    },
  );
});

describe("an error of the application's", () => {
  it('keeps its status, code and headers', async () => {
    expect(problemIn(await http().post('/orders/ended/cancel'))).toMatchObject({ status: 409, code: 'ORDER_ENDED' });
    const away = await http().post('/orders/away/cancel');
    expect(problemIn(away)).toMatchObject({ status: 503, code: 'DATABASE_AWAY' });
    expect(away.headers['retry-after']).toBe('3');
  });

  it('is named by a lib that does not know this one', async () => {
    const response = await http().post('/orders/foreign/cancel');
    expect(problemIn(response)).toEqual({ status: 409, code: 'KEY_IN_FLIGHT' });
    expect(response.headers['retry-after']).toBe('1');
  });

  it('is named by the application where it is its own', async () => {
    expect(problemIn(await http().post('/orders/domain/cancel'))).toMatchObject({
      status: 409,
      code: 'DOMAIN_REFUSES',
    });
  });

  it('says that the outcome is unknown after an ambiguous commit, also to an application that takes it for a failure (F36)', async () => {
    const response = await http().post('/orders/ambiguous/cancel');
    expect(problemIn(response)).toEqual({ status: 503, code: 'OUTCOME_UNKNOWN' });
    expect(response.body.detail).toContain('look for its effect before sending it again');
    expect(response.headers['retry-after']).toBe('1');
  });

  it('says that the database is away where nothing was done, unless the error has its answer already', async () => {
    const response = await http().post('/orders/terminated/cancel');
    expect(problemIn(response)).toEqual({ status: 503, code: 'DATABASE_UNAVAILABLE' });
    expect(response.headers['retry-after']).toBe('1');
    expect((await http().post('/orders/terminated-and-answered/cancel')).status).toBe(418);
  });

  it('tells a client nothing where it is unexpected', async () => {
    const response = await http().post('/orders/any/cancel');
    expect(problemIn(response)).toMatchObject({ status: 500, code: 'INTERNAL_ERROR' });
    expect(response.text).not.toMatch(/hunter2|secrets|\bat\b.*\.ts/);
  });
});

function portOf(running: NestExpressApplication): number {
  const address: unknown = running.getHttpServer().address();
  if (typeof address === 'object' && address !== null && 'port' in address) return Number(address.port);
  throw new Error('The server does not listen');
}
