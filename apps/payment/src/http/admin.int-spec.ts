import { eventually } from '@waybill/messaging/testing';
import { v7 as uuidv7 } from 'uuid';

import { startPaymentService } from '../testing/running-service.js';
import type { PaymentService } from '../testing/running-service.js';

jest.setTimeout(120_000);
const operator = { who: 'ada', why: 'the order service sent too little' };
const [paid, other] = [uuidv7(), uuidv7()];
const command = (orderId: string) => ({
  orderId,
  customerId: 'c1',
  amount: { amount: 1_250, currency: 'EUR' },
  paymentMethod: { kind: 'card', token: 'pm_card_ok' },
});

describe('the admin API of a running service', () => {
  let service: PaymentService;
  let letter: string;

  /** A command without its amount, the same command as it should be behind it; another key's command that isn't even JSON. */
  beforeAll(async () => {
    service = await startPaymentService();
    await service.publish('payment.process.v2', paid, { ...command(paid), amount: undefined });
    await service.publish('payment.process.v2', paid, command(paid));
    await held(2); // another lane is read in an order of its own
    await service.publish('payment.process.v2', other, 'no json');
    await held(3);
    const { body } = await service.get(`/admin/dead-letters?key=${paid}`);
    letter = body.items[0].id;
  });

  afterAll(() => service.stop());

  const held = (count: number) =>
    eventually(async () => {
      const { body } = await service.get('/admin/dead-letters?state=any');
      return body.items?.length === count; // on a busy machine it may be refused once
    }, 30_000);

  it.each([
    ['no token', '/admin/dead-letters', {}],
    ['another token', '/admin/dead-letters', { Authorization: 'Bearer token-of-somebody' }],
    ['the token by another scheme', '/admin/dead-letters', { Authorization: 'Basic token-of-the-test' }],
    ['another spelling of the path', '/ADMIN/dead-letters/', {}],
    ['the outbox', '/admin/outbox', {}],
    ['the topics', '/admin/topics', {}],
    ["an order's payments", '/payments?orderId=0197d6a4-5c1e-7b3a-9c55-0a1b2c3d4e5f', {}],
    ['the metrics', '/metrics', {}],
    ['a path that does not exist', '/admin/nothing', {}],
  ])('answers 401 to %s', async (_, path, headers) => {
    const { status, body, header } = await service.http.get(path).set(headers);
    expect([status, body.code, header['www-authenticate']]).toEqual([401, 'ADMIN_TOKEN_REQUIRED', expect.any(String)]);
  });

  it('lists dead letters page by page, newest first, and counts and groups them', async () => {
    const { body: first } = await service.get('/admin/dead-letters?limit=1');
    const { body: second } = await service.get(`/admin/dead-letters?limit=1&cursor=${first.nextCursor}`);
    expect([first.items, second.items].map(([item]) => item.key)).toEqual([other, paid]);
    expect(second).toMatchObject({ nextCursor: null, items: [{ id: letter, reason: 'INVALID_MESSAGE_DATA' }] });
    expect((await service.get('/admin/dead-letters/count')).body).toEqual({ count: 2 });
    expect((await service.get('/admin/dead-letters/count?error=AMOUNT&type=payment.process.v2')).body.count).toBe(1);
    expect((await service.get(`/admin/dead-letters/count?ids=${letter},999`)).body.count).toBe(1);
    const { body: groups } = await service.get('/admin/dead-letters/groups');
    expect(groups[0].trend).toHaveLength(24);
    expect(groups.reduce((sum: number, group: { letters: number }) => sum + group.letters, 0)).toBe(2);
  });

  it('shows the parked key with its head', async () => {
    const { body } = await service.get('/admin/parked-keys?limit=1');
    expect(body.items).toMatchObject([{ topic: 'payment.commands', key: paid, messages: 2, head: { id: letter } }]);
    const { body: next } = await service.get(`/admin/parked-keys?cursor=${body.nextCursor}`);
    expect(next).toMatchObject({ nextCursor: null, items: [{ key: other, messages: 1, head: { state: 'dead' } }] });
    const { body: one } = await service.get(`/admin/parked-keys?key=${other}`);
    expect(one).toMatchObject({ nextCursor: null, items: [{ key: other }] });
  });

  it('F38 masks what is personal in a payload, and shows it to an operator who says who and why', async () => {
    const { body } = await service.get(`/admin/dead-letters/${letter}`);
    expect(body).toMatchObject({
      payloadKind: 'masked',
      behind: 1,
      source: '/order',
      headers: { ce_specversion: '1.0' },
    });
    expect(body.payload).toMatchObject({ orderId: paid, paymentMethod: { kind: '***', token: '***' } }); // by its name, too
    const { body: refused } = await service.post(`/admin/dead-letters/${letter}/reveal`, { who: 'ada' });
    expect(refused).toMatchObject({ status: 400, errors: [{ pointer: '/why', code: 'REQUIRED' }] });
    const { body: revealed } = await service.post(`/admin/dead-letters/${letter}/reveal`, operator);
    expect(JSON.parse(revealed.payload)).toMatchObject({ paymentMethod: { token: 'pm_card_ok' } });
    const { body: audit } = await service.get(`/admin/dead-letters/${letter}/audit`);
    expect(audit).toMatchObject([{ action: 'reveal', ...operator }]);
  });

  it('previews a replay without changing anything', async () => {
    const { body } = await service.post('/admin/dead-letters/preview', { filter: { key: paid }, limit: 10 });
    const item = { id: letter, runs: false, reason: 'INVALID_MESSAGE_DATA', behind: 1, upcasters: [] };
    expect(body).toMatchObject({ count: 1, keys: 1, items: [item] });
    expect((await service.get('/admin/dead-letters/count')).body.count).toBe(2);
  });

  it('replays once a run, tells what failed, and ends when asked again', async () => {
    const ask = { filter: { since: '2020-01-01T00:00:00+01:00' }, limit: 10, wait: 20, ...operator };
    const { body } = await service.post('/admin/dead-letters/replay', ask);
    expect(body).toMatchObject({ taken: 2, replayed: 0, failed: 2, pending: 0, remaining: 0 });
    expect(body.failures[0]).toMatchObject({
      id: letter,
      error: expect.stringMatching(/^[^\n]*required properties amount$/),
    });
    const { body: again } = await service.post('/admin/dead-letters/replay', { ...ask, run: body.run });
    expect(again).toMatchObject({ run: body.run, taken: 0, remaining: 0 });
    const { body: run } = await service.get(`/admin/dead-letters/runs/${body.run}`);
    expect(run).toMatchObject({ who: 'ada', failed: 2, pending: 0, replayed: 0 });
    const { body: runs } = await service.get('/admin/dead-letters/runs?limit=5');
    expect(runs).toMatchObject([{ run: body.run, failed: 2, filter: { since: '2019-12-31T23:00:00.000Z' } }]);
    const tried = `/admin/dead-letters/runs/${body.run}/letters`;
    const { body: first } = await service.get(`${tried}?limit=1&outcome=failed`);
    expect(first).toMatchObject({ nextCursor: letter, items: [{ id: letter, outcome: 'failed', key: paid }] });
    const { body: last } = await service.get(`${tried}?limit=1&cursor=${letter}`);
    expect(last).toMatchObject({ nextCursor: null, items: [{ key: other }] });
    const { body: none } = await service.get(`/admin/dead-letters/runs/${uuidv7()}/letters`);
    expect(none).toMatchObject({ status: 404, code: 'REPLAY_RUN_NOT_FOUND' });
  });

  it('takes one page for one Idempotency-Key, and tells each time what became of it (F31)', async () => {
    const run = uuidv7();
    const keyed = (limit: number) =>
      service
        .post('/admin/dead-letters/replay', { filter: {}, limit, wait: 20, run, ...operator })
        .set('Idempotency-Key', 'page-1');
    const { body: first } = await keyed(1);
    expect(first).toMatchObject({ taken: 1, failed: 1, remaining: 1 });
    const { body: second, header } = await keyed(1);
    expect([second, header['idempotent-replayed']]).toEqual([first, 'true']);
    expect((await keyed(2)).body).toMatchObject({ status: 422, code: 'IDEMPOTENCY_KEY_REUSED' });
    const { body: next } = await service
      .post('/admin/dead-letters/replay', { filter: {}, limit: 1, wait: 20, run, ...operator })
      .set('Idempotency-Key', 'page-2');
    expect(next).toMatchObject({ taken: 1, remaining: 0 });
  });

  it('refuses an edit that does not fit the contract, and runs one that does in its place in the sequence', async () => {
    const edit = (payload: unknown) => service.post(`/admin/dead-letters/${letter}/edit`, { payload, ...operator });
    const { body: refused } = await edit({ ...command(paid), amount: { amount: 1.5, currency: 'EUR' } });
    expect(refused).toMatchObject({ status: 422, code: 'INVALID_PAYLOAD' });
    expect(refused.errors[0].pointer).toBe('/payload/amount/amount');
    const { body, status } = await edit(command(paid));
    expect([status, body.id]).toEqual([200, letter]);
    const statusOf = async () => (await service.get(`/payments?orderId=${paid}`)).body[0]?.status;
    await eventually(async () => (await statusOf()) === 'CHARGED', 20_000);
    await eventually(async () => {
      const { body: parked } = await service.get('/admin/parked-keys');
      return parked.items.every(({ key }: { key: string }) => key !== paid); // the command behind it has been answered too
    }, 20_000);
    expect((await edit(command(paid))).body).toMatchObject({ status: 409, code: 'LETTER_NOT_DEAD' });
  });

  it('discards, once, and tells so whenever it is asked with the same Idempotency-Key (F31)', async () => {
    const ask = { filter: { key: other }, limit: 10, ...operator };
    const keyed = () => service.post('/admin/dead-letters/discard', ask).set('Idempotency-Key', 'discard-1');
    expect([(await keyed()).body, (await keyed()).body]).toEqual([1, 2].map(() => ({ discarded: 1, remaining: 0 })));
    expect((await service.post('/admin/dead-letters/discard', ask)).body).toEqual({ discarded: 0, remaining: 0 });
    expect((await service.get('/admin/dead-letters/count')).body.count).toBe(0);
  });

  it('has on record who did what and why: a run and a bulk once, nothing of what was refused or repeated', async () => {
    interface Act {
      readonly act: string;
      readonly subject: string | null;
      readonly key: string | null;
      readonly detail: { readonly letters?: number };
    }
    const audit = async (query = ''): Promise<readonly Act[]> => (await service.get(`/admin/audit${query}`)).body.items;
    const acts = await audit();
    expect(acts.map(({ act, key, detail }) => [act, key, detail.letters])).toEqual([
      ['dead-letters.discard', other, 1],
      ['dead-letters.edit', paid, 1],
      ['dead-letters.replay', null, 2], // two pages of one run
      ['dead-letters.replay', null, 2],
      ['dead-letters.reveal', paid, 1],
    ]);
    expect(acts[1]).toMatchObject({ subject: letter, ...operator, at: expect.stringMatching(/^2.*Z$/) });
    expect((await audit(`?about=${paid}`)).map(({ act }) => act)).toEqual(['dead-letters.edit', 'dead-letters.reveal']);
    expect(await audit('?act=dead-letters.edit&who=ADA')).toHaveLength(1);
    expect(await audit('?who=nobody')).toEqual([]);
    expect(await audit(`?since=${new Date(Date.now() + 3_600_000).toISOString()}`)).toEqual([]);
    const { body: first } = await service.get('/admin/audit?act=dead-letters&limit=2');
    const { body: next } = await service.get(`/admin/audit?act=dead-letters&limit=200&cursor=${first.nextCursor}`);
    expect([...first.items, ...next.items]).toEqual(acts);
    expect(next.nextCursor).toBeNull();
  });

  it('shows what waits in the outbox, by topic', async () => {
    const { body } = await service.get('/admin/outbox');
    expect(body.topics.map(({ topic }: { topic: string }) => topic)).toContain('payment.events');
    expect(body.topics[0].leases).toHaveLength(8);
    // What has been published is marked a moment later.
    const waiting = async () => (await service.get('/admin/outbox/waiting?topic=payment.events')).body;
    await eventually(async () => (await waiting()).items.length === 0);
    expect(await waiting()).toEqual({ items: [], nextCursor: null });
    const { body: refused } = await service.get('/admin/outbox/waiting');
    expect(refused).toMatchObject({ status: 400, errors: [{ pointer: '/topic' }] });
  });

  it('shows the true data of a message of the outbox to nobody who does not say who and why', async () => {
    const { body: unexplained } = await service.post(`/admin/outbox/messages/${uuidv7()}/reveal`, { who: 'ada' });
    expect(unexplained).toMatchObject({ status: 400, errors: [{ pointer: '/why', code: 'REQUIRED' }] });
    const { body: unknown } = await service.post(`/admin/outbox/messages/${uuidv7()}/reveal`, operator);
    expect(unknown).toMatchObject({ status: 404, code: 'MESSAGE_NOT_FOUND' });
    expect((await service.get(`/admin/outbox/messages/${uuidv7()}/audit`)).body).toEqual([]);
  });

  it('says how far it is behind on each lane of a topic that it consumes', async () => {
    const { body: lanes } = await service.get('/admin/topics/payment.commands/lanes');
    expect(lanes.map(({ partition }: { partition: number }) => partition)).toEqual(
      lanes.map((_: unknown, n: number) => n),
    );
    const records = lanes.map(({ first, end }: { first: string; end: string }) => Number(end) - Number(first));
    expect(Math.max(...records)).toBeGreaterThan(0);
    const { body: unknown } = await service.get('/admin/topics/shipping.commands/lanes');
    expect(unknown).toMatchObject({ status: 404, code: 'TOPIC_NOT_FOUND' });
  });

  it.each<[string, string, object | undefined, number, string]>([
    ['an unknown letter', '/admin/dead-letters/999999', undefined, 404, 'LETTER_NOT_FOUND'],
    ['a letter id that is none', '/admin/dead-letters/x', undefined, 404, 'LETTER_NOT_FOUND'],
    ['an unknown run', `/admin/dead-letters/runs/${uuidv7()}`, undefined, 404, 'REPLAY_RUN_NOT_FOUND'],
    ['a run that is not a UUID', '/admin/dead-letters/runs/1', undefined, 400, 'BAD_REQUEST'],
    ['a limit of 0', '/admin/dead-letters?limit=0', undefined, 400, '/limit'],
    ['a limit of text', '/admin/dead-letters?limit=ten', undefined, 400, '/limit'],
    ['an unknown state', '/admin/dead-letters?state=lost', undefined, 400, '/state'],
    ['a time that is none (F80)', '/admin/dead-letters?since=yesterday', undefined, 400, '/since'],
    ['a week for a time (F80)', '/admin/dead-letters?since=2026-W48-3', undefined, 400, '/since'],
    ['a time without a zone (F80)', '/admin/dead-letters/count?until=2026-11-25T10:00:00', undefined, 400, '/until'],
    [
      'a time of another age (F80)',
      '/admin/dead-letters/groups?until=%2B057880-01-01T00:00:00Z',
      undefined,
      400,
      '/until',
    ],
    [
      'a number for a time (F80)',
      '/admin/dead-letters/preview',
      { filter: { since: 1_764_064_800_000 } },
      400,
      '/filter/since',
    ],
    ['ids that are none', '/admin/dead-letters?ids=1,x', undefined, 400, '/ids'],
    ['an unknown parameter', '/admin/dead-letters?colour=red', undefined, 400, '/colour'],
    ['an unknown act', '/admin/audit?act=burn', undefined, 400, '/act'],
    ["another service's acts", '/admin/audit?service=order', undefined, 400, '/service'],
    ['a cursor of no act', '/admin/audit?cursor=x', undefined, 400, '/cursor'],
    ['a cursor of no incident', '/admin/incidents?cursor=7', undefined, 400, '/cursor'],
    ['a severity that is none', '/admin/incidents?severity=bad', undefined, 400, '/severity'],
    ['a cursor that was never given', '/admin/parked-keys?cursor=abc', undefined, 400, 'INVALID_CURSOR'],
    [
      'a cursor that somebody made (F80)',
      `/admin/parked-keys?cursor=${Buffer.from(`["1","\\ud800","${'0'.repeat(64)}"]`).toString('base64url')}`,
      undefined,
      400,
      'INVALID_CURSOR',
    ],
    ['nobody', '/admin/dead-letters/replay', { filter: {}, why: 'because' }, 400, '/who'],
    ['a blank reason', '/admin/dead-letters/discard', { filter: {}, who: 'ada', why: ' ' }, 400, '/why'],
    ['a name of two directions', '/admin/dead-letters/replay', { who: 'ada\u202E', why: 'x' }, 400, '/who'],
    ['a filter that is an array', '/admin/dead-letters/replay', { filter: [], ...operator }, 400, '/filter'],
    ['no filter but null', '/admin/dead-letters/replay', { filter: null, ...operator }, 400, '/filter'],
    [
      'a replay of what waits',
      '/admin/dead-letters/replay',
      { filter: { state: 'parked' }, ...operator },
      400,
      '/filter/state',
    ],
    [
      'a discard of what is done',
      '/admin/dead-letters/discard',
      { filter: { state: 'any' }, ...operator },
      400,
      '/filter/state',
    ],
    ['an unknown field of a filter', '/admin/dead-letters/preview', { filter: { typ: 'x' } }, 400, '/filter/typ'],
    ['a wait of an hour', '/admin/dead-letters/replay', { wait: 3_600, ...operator }, 400, '/wait'],
    ['an edit without a payload', '/admin/dead-letters/1/edit', operator, 400, '/payload'],
  ])('refuses %s', async (_, path, body, status, codeOrPointer) => {
    const answer = await (body === undefined ? service.get(path) : service.post(path, body));
    const pointers = (answer.body.errors ?? []).map(({ pointer }: { pointer: string }) => pointer);
    expect([answer.status, [answer.body.code, ...pointers]]).toEqual([status, expect.arrayContaining([codeOrPointer])]);
  });

  it('describes every path to programs', async () => {
    const { body } = await service.http.get('/docs-json');
    const paths = Object.keys(body.paths).filter((path) => path.startsWith('/admin'));
    expect(paths).toEqual(
      expect.arrayContaining(['/admin/dead-letters/replay', '/admin/parked-keys', '/admin/outbox']),
    );
    expect(body.paths['/admin/dead-letters/replay'].post.security).toEqual([{ bearer: [] }]);
  });
});
