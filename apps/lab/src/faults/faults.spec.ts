import { createServer } from 'node:http';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';

import type { NestExpressApplication } from '@nestjs/platform-express';
import { Test } from '@nestjs/testing';
import { configureHttp, HttpAdapter } from '@waybill/http';
import request from 'supertest';

import { readLabConfig } from '../lab.config.js';
import { LabModule } from '../lab.module.js';
import { Supervisor, SupervisorRefusal } from '../supervisor/supervisor.js';
import type { HeldFault, Question } from '../supervisor/supervisor.js';
import type { Dial } from './dial.js';
import { Load } from './load.js';

const LAB_TOKEN = 'made-by-npm-start-for-one-start';

/** Stands for `npm start`, which has one fault. */
class FakeSupervisor {
  readonly asked: Question[] = [];
  refusal: string | undefined;

  async ask(question: Question): Promise<readonly HeldFault[]> {
    this.asked.push(question);
    if (this.refusal !== undefined) throw new SupervisorRefusal(this.refusal);
    return [{ name: 'kill-app', choices: { app: ['order', 'payment'] }, unavailable: null, active: null, did: 2 }];
  }
}

describe('the lab', () => {
  const supervisor = new FakeSupervisor();
  let shop: Server;
  let app: NestExpressApplication;
  /** Idempotency keys, as they came. */
  const keys: string[] = [];
  let isShopOpen = true;

  beforeAll(async () => {
    shop = createServer((incoming, outgoing) => {
      keys.push(String(incoming.headers['idempotency-key']));
      outgoing.writeHead(isShopOpen ? 201 : 503).end('{}');
    });
    await new Promise<void>((resolve) => shop.listen(0, '127.0.0.1', resolve));
    const config = readLabConfig({
      LAB_TOKEN,
      DATABASE_URL: 'postgresql://postgres@127.0.0.1:9/postgres', // nobody listens there
      KAFKA_BROKERS: '127.0.0.1:9',
      ORDER_URL: `http://127.0.0.1:${(shop.address() as AddressInfo).port}`,
    });
    const testing = await Test.createTestingModule({ imports: [LabModule.forRoot(config)] })
      .overrideProvider(Supervisor)
      .useValue(supervisor)
      .compile();
    app = testing.createNestApplication<NestExpressApplication>(new HttpAdapter(), {
      bodyParser: false,
      logger: false,
    });
    configureHttp(app, { admin: { token: config.labToken, paths: ['/lab'] } });
    await app.listen(0, '127.0.0.1');
  });
  afterAll(async () => {
    await app.close();
    shop.closeAllConnections();
    shop.close();
  });

  const http = () => request(app.getHttpServer());
  const authorization = `Bearer ${LAB_TOKEN}`;
  const begin = (dial: string, body: object) => http().post(`/lab/faults/${dial}`).set({ authorization }).send(body);
  const load = async (): Promise<Dial | undefined> => (await app.get(Load, { strict: false }).dials())[0];

  it.each([{}, { authorization: 'Bearer another-token-of-another-start' }])(
    'tells and does nothing without its token: %j',
    async (headers) => {
      await http().get('/lab/faults').set(headers).expect(401);
      await http().post('/lab/faults/load').set(headers).send({}).expect(401);
      await http().delete('/lab/faults/load').set(headers).expect(401);
      expect((await load())?.active).toBeNull();
    },
  );

  it('says which dials can not be had, and why', async () => {
    const { body } = await http().get('/lab/faults').set({ authorization }).expect(200);
    const { dials } = body as { dials: readonly Dial[] };
    expect(dials.find(({ name }) => name === 'slow-provider')?.unavailable).toMatch(/books can't be read/);
    const { body: refused } = await begin('slow-provider', {});
    expect(refused).toMatchObject({ status: 409, code: 'DIAL_UNAVAILABLE' });
  });

  it('has npm start do what only that can, with one value for each choice, and says what it refuses', async () => {
    supervisor.asked.length = 0;
    await begin('kill-app', { seconds: 20, settings: [{ name: 'app', value: 'payment' }] }).expect(200);
    await http().delete('/lab/faults/kill-app').set({ authorization }).expect(200);
    expect(supervisor.asked.filter(({ ask }) => ask !== 'list')).toEqual([
      { ask: 'begin', fault: 'kill-app', settings: { app: 'payment' }, seconds: 20 },
      { ask: 'end', fault: 'kill-app' },
    ]);
    supervisor.refusal = 'Everything is being stopped';
    const { body } = await begin('kill-app', {});
    expect(body).toMatchObject({ status: 409, detail: 'Everything is being stopped' });
    supervisor.refusal = undefined;
  });

  it.each([
    ['load', { seconds: 121 }, { status: 400, errors: [{ pointer: '/seconds', message: 'must be from 10 to 120' }] }],
    ['load', { seconds: 9 }, { status: 400 }],
    ['load', { settings: [{ name: 'rate', value: '51' }] }, { status: 400, errors: [{ pointer: '/settings/rate' }] }],
    ['load', { settings: [{ name: 'speed', value: '5' }] }, { status: 400, errors: [{ pointer: '/settings/speed' }] }],
    ['load', { settings: { rate: '5' } }, { status: 400 }],
    ['load', { settings: [{ name: '__proto__', value: '5' }] }, { status: 400, code: 'VALIDATION_FAILED' }],
    ['load', { settings: [{ name: 'toString', value: '5' }] }, { status: 400, code: 'VALIDATION_FAILED' }],
    ['unheard-of', {}, { status: 404, code: 'DIAL_NOT_FOUND' }],
  ])('refuses %s with %j', async (dial, body, problem) => {
    expect((await begin(dial, body)).body).toMatchObject(problem);
    expect((await load())?.active).toBeNull();
  });

  it('refuses null, which is no body', async () => {
    await http().post('/lab/faults/load').set({ authorization }).type('json').send('null').expect(400);
    expect((await load())?.active).toBeNull();
  });

  it('places orders until it is told to end, one load at a time', async () => {
    await begin('load', { settings: [{ name: 'rate', value: '50' }] }).expect(200);
    expect((await begin('load', {})).body).toMatchObject({ status: 409, code: 'DIAL_ACTIVE' });
    await until(async () => ((await load())?.did ?? 0) >= 3);
    expect((await load())?.active?.settings).toEqual({ rate: '50', orders: 'mixed' });
    const { body } = await http().delete('/lab/faults/load').set({ authorization }).expect(200);
    expect((body as { dials: readonly Dial[] }).dials[0]).toMatchObject({ name: 'load', active: null });
  });

  it('places an order that nobody has answered again with the same key', async () => {
    isShopOpen = false;
    keys.length = 0;
    await begin('load', {}).expect(200);
    await until(async () => new Set(keys).size < keys.length);
    await http().delete('/lab/faults/load').set({ authorization }).expect(200);
    expect((await load())?.did).toBe(0);
  });
});

describe('the configuration of the lab', () => {
  const env = { LAB_TOKEN, DATABASE_URL: 'postgresql://127.0.0.1/postgres', KAFKA_BROKERS: '127.0.0.1:9092' };

  it('is none without the token that npm start makes', () => {
    expect(() => readLabConfig({ ...env, LAB_TOKEN: '' })).toThrow('LAB_TOKEN');
  });

  it('is none in production', () => {
    expect(() => readLabConfig({ ...env, NODE_ENV: 'production' })).toThrow('NODE_ENV is production');
  });
});

async function until(condition: () => Promise<boolean>): Promise<void> {
  while (!(await condition())) await new Promise((resolve) => setTimeout(resolve, 20));
}
