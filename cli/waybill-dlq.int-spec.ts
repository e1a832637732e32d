import type { ContractServer } from './testing/contract-server.js';
import type { Ended } from './testing/run-waybill.js';
import { documentOf, WaybillOnServers } from './testing/waybill-on-servers.js';

// The built command as users have it, against HTTP servers that speak the admin API.
let system: WaybillOnServers;
let order: ContractServer;
let payment: ContractServer;

beforeEach(async () => {
  system = await WaybillOnServers.start();
  ({ order, payment } = system);
});

afterEach(() => system.stop());

const waybill = (...args: string[]): Promise<Ended> => system.run(args).ended;

describe('dlq list', () => {
  it('takes page after page, newest first, and says how many there are', async () => {
    payment.box.add(250);
    const ended = await waybill('dlq', 'list', '--limit', '230', '--json');
    const { count, items } = documentOf(ended) as { count: number; items: { id: string }[] };
    expect(count).toBe(250);
    expect(items.map(({ id }) => Number(id))).toEqual(Array.from({ length: 230 }, (_, index) => 250 - index));
    expect((await waybill('dlq', 'list', '--limit', '3')).stdout).toMatch(
      /3 dead letters of 250; --limit shows more\.\n$/,
    );
  });

  it('asks the services for what the filter says', async () => {
    await waybill(
      'dlq',
      'list',
      '--type',
      'a.v1',
      '--key',
      'k',
      '--error',
      'no answer',
      '--handler',
      'H',
      '--topic',
      't',
    );
    await waybill(
      'dlq',
      'count',
      '--since',
      '2026-11-25T03:00:00Z',
      '--id',
      '1,2',
      '--state',
      'any',
      '--group',
      'payment',
    );
    expect(order.calls.at(0)?.query).toEqual({
      type: 'a.v1',
      key: 'k',
      error: 'no answer',
      handler: 'H',
      topic: 't',
      state: 'dead',
    });
    expect(order.calls.at(-1)?.query).toEqual({
      since: '2026-11-25T03:00:00.000Z',
      ids: '1,2',
      state: 'any',
      group: 'payment',
    });
  });
});

describe('dlq show', () => {
  beforeEach(() => payment.box.add(1));

  it('masks what is personal, and finds the service by itself', async () => {
    const { code, stdout } = await waybill('dlq', 'show', '1');
    expect(code).toBe(0);
    expect(stdout).toContain('"name": "***"');
    expect(stdout).not.toContain('Ada 1');
    expect(payment.box.audit).toEqual([]);
  });

  it('reveals with a reason, which is audited under the name of the user', async () => {
    const { stdout } = await waybill('dlq', 'show', '1', '--reveal', '--why', 'INC-7');
    expect(stdout).toContain('"name": "Ada 1"');
    expect(stdout).toContain('reveal by ada: INC-7');
    expect(payment.box.audit).toEqual([{ letter: '1', action: 'reveal', who: 'ada', why: 'INC-7' }]);
  });

  it('cuts a type that is as long as a record, and says where the whole of it is', async () => {
    payment.box.add(1, 'runs', 'x'.repeat(20_000));
    const { stdout } = await waybill('dlq', 'show', '2');
    expect(stdout).toContain('x… (20,000 characters; --json shows them)');
    expect(stdout).not.toContain('x'.repeat(2_000));
    expect((await waybill('dlq', 'show', '2', '--json')).stdout).toContain('x'.repeat(20_000));
  });

  it('does not choose between letters of the same id', async () => {
    order.box.add(1);
    const ended = await waybill('dlq', 'show', '1');
    expect(ended.code).toBe(2);
    expect(ended.stderr).toContain('Letter 1 exists in order and payment');
  });

  it.each([
    ['show', ['dlq', 'show', '1']],
    ['edit', ['dlq', 'edit', '1', '--payload', '-', '--as', 'payment.process.v2', '--why', 'x']],
  ])('takes no letter for the one that is meant while a service gives no answer: %s', async (_, command) => {
    const away = ['--url', 'order=http://127.0.0.1:1'];
    const ended = await system.run([...command, ...away], {}, '{"orderId": "order-1"}').ended;
    expect(ended).toMatchObject({ code: 3, stdout: '' });
    expect(ended.stderr).toMatch(
      /order can't be reached.*payment has a letter 1; if that is meant, choose it by --service/s,
    );
    expect(payment.box.audit).toEqual([]);
    expect((await waybill(...command.slice(0, 1), 'show', '1', ...away, '-s', 'payment')).code).toBe(0);
  });
});

describe('dlq discard, edit, runs', () => {
  it('discards nothing where nobody can be asked and --yes is missing', async () => {
    payment.box.add(2);
    const ended = await waybill('dlq', 'discard', '--all', '--why', 'x');
    expect(ended.code).toBe(2);
    expect(ended.stderr).toContain('add --yes');
    expect(payment.box.matching({})).toHaveLength(2);
  });

  it('discards what the filter says', async () => {
    payment.box.add(600, 'runs', 'a.v1');
    payment.box.add(3, 'runs', 'b.v1');
    const ended = await waybill('dlq', 'discard', '--type', 'a.v1', '--yes', '--why', 'test orders', '--json');
    expect(ended.code).toBe(0);
    expect(documentOf(ended)).toMatchObject({ discarded: 600, remaining: 0 });
    expect(payment.box.matching({})).toHaveLength(3);
  });

  it('replaces a payload, or names each fault of it', async () => {
    payment.box.add(1);
    const unsaid = ['dlq', 'edit', '1', '-s', 'payment', '--payload', '-', '--why', 'currency was missing'];
    const args = [...unsaid, '--as', 'payment.process.v2'];
    const wrong = await system.run(args, {}, '{"order": 1}').ended;
    expect(wrong).toMatchObject({ code: 1, stdout: '' });
    expect(wrong.stderr).toContain('/payload/orderId: is required');
    expect((await system.run(args, {}, '{"order": ').ended).code).toBe(2);
    const right = await system.run([...args, '--json'], {}, '{"orderId": "order-1"}').ended;
    expect(right.code).toBe(0);
    const type = 'payment.process.v2';
    expect(documentOf(right)).toMatchObject({ service: 'payment', id: '1', messageId: expect.any(String), type });
  });

  it('never gives a letter another version unless that is said', async () => {
    payment.box.add(1);
    const args = ['dlq', 'edit', '1', '-s', 'payment', '--payload', '-', '--why', 'x'];
    const unsaid = await system.run(args, {}, '{"orderId": "order-1"}').ended;
    expect(unsaid).toMatchObject({ code: 2, stdout: '' });
    expect(unsaid.stderr).toMatch(/payment\.process\.v1.*payment\.process\.v2.*--as payment\.process\.v2/);
    const wrong = await system.run([...args, '--as', 'payment.process.v3'], {}, '{"orderId": "order-1"}').ended;
    expect(wrong).toMatchObject({ code: 2, stdout: '' });
    expect(payment.box.audit).toEqual([]);
  });

  it('tells what became of a run, and that a run is unknown', async () => {
    payment.box.add(7);
    const { run } = documentOf(await waybill('dlq', 'replay', '--why', 'x', '--json')) as { run: string };
    expect(documentOf(await waybill('dlq', 'runs', run, '--json'))).toMatchObject({
      replayed: 7,
      failed: 0,
      pending: 0,
    });
    expect(
      (
        await waybill(
          'dlq',
          'runs',
          run.replace(/^./, (digit) => (digit === '0' ? '1' : '0')),
        )
      ).code,
    ).toBe(1);
  });
});

describe('dlq parked', () => {
  it('says for which handler of an event a key is parked, where it is for one of several (F82)', async () => {
    const parked = { topic: 't', key: 'k', parkedAt: '2026-01-01T00:00:00Z', messages: 2, head: null };
    payment.state.parkedKeys = [parked];
    expect((await waybill('dlq', 'parked', '-s', 'payment')).stdout).not.toContain('FOR');
    payment.state.parkedKeys = [parked, { ...parked, subscriber: 'receipts' }];
    expect((await waybill('dlq', 'parked', '-s', 'payment')).stdout).toMatch(/FOR[^]* receipts /);
  });

  it('says when the head is tried again: of one that is being tried, now, not a time that has passed', async () => {
    const parked = { topic: 't', parkedAt: '2026-01-01T00:00:00Z', messages: 2 };
    const head = (id: string, state: string, nextAttemptAt: string | null) => ({
      ...parked,
      key: `k-${id}`,
      head: { id, state, nextAttemptAt },
    });
    const later = new Date(Date.now() + 7_200_000).toISOString();
    payment.state.parkedKeys = [
      head('1', 'retrying', '2026-01-01T00:00:01Z'),
      head('2', 'retrying', later),
      head('3', 'dead', null),
    ];
    const { stdout } = await waybill('dlq', 'parked', '-s', 'payment');
    expect(stdout).toMatch(/k-1 .* retrying +now\n/);
    expect(stdout).toMatch(/k-2 .* retrying +in (2h|1h 59m)\n/);
    expect(stdout).toMatch(/k-3 .* dead +after a replay\n/);
  });
});
