import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import type { ContractServer } from './testing/contract-server.js';
import { REFUSED_MESSAGE } from './testing/refused-message.js';
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

describe('exit codes', () => {
  it('are 0 where all was done', async () => {
    expect(await waybill('dlq', 'count')).toMatchObject({ code: 0, stderr: '' });
    expect(await waybill('--help')).toMatchObject({ code: 0, stderr: '' });
  });

  it('are 2 where the command line is not understood, with the reason on stderr and nothing on stdout', async () => {
    const ended = await waybill('dlq', 'replay', '--json');
    expect(ended).toMatchObject({ code: 2, stdout: '', stderr: expect.stringContaining('--why') });
    expect([...order.calls, ...payment.calls]).toEqual([]);
  });

  it('are 3 where a service can not be reached; the others are served', async () => {
    payment.box.add(3);
    const ended = await waybill('dlq', 'count', '--json', '-s', 'payment,shipping');
    expect(ended.code).toBe(3);
    expect(ended.stderr).toContain(`shipping can't be reached at http://127.0.0.1:1 (`);
    expect(documentOf(ended)).toMatchObject({
      count: 3,
      services: { payment: 3 },
      failures: [{ service: 'shipping', code: 'UNREACHABLE' }],
    });
  });

  it('are 1 where the token is missing or wrong, and say how to give it', async () => {
    payment.token = 's3cret';
    const refused = await waybill('dlq', 'count', '-s', 'payment');
    expect(refused.code).toBe(1);
    expect(refused.stderr).toContain('WAYBILL_ADMIN_TOKEN');
    expect((await system.run(['dlq', 'count', '-s', 'payment'], { WAYBILL_ADMIN_TOKEN: 's3cret' }).ended).code).toBe(0);
    expect((await waybill('dlq', 'count', '-s', 'payment', '--token', 's3cret')).code).toBe(0);
  });

  it('are 0 with the token that a service has, by ADMIN_TOKEN or a file, as in its container', async () => {
    payment.token = 's3cret';
    const folder = await mkdtemp(join(tmpdir(), 'waybill-cli-'));
    const file = join(folder, 'admin-token');
    await writeFile(file, 's3cret\n');
    const codeWith = async (env: Record<string, string>) =>
      (await system.run(['dlq', 'count', '-s', 'payment'], env).ended).code;
    expect(await codeWith({ ADMIN_TOKEN: 's3cret' })).toBe(0);
    expect(await codeWith({ ADMIN_TOKEN_FILE: file })).toBe(0);
    expect(await codeWith({ ADMIN_TOKEN_FILE: file, WAYBILL_ADMIN_TOKEN: 'another' })).toBe(1);
    await rm(folder, { recursive: true });
    expect(await codeWith({ ADMIN_TOKEN_FILE: file })).toBe(2);
  });

  it('are 1 where something else than a Waybill service answers', async () => {
    payment.state.topics = [{ nonsense: true }];
    const ended = await waybill('topics', '-s', 'payment');
    expect(ended.code).toBe(1);
    expect(ended.stderr).toContain('/0/topic should be a string');
  });
});

describe('--json', () => {
  it.each([
    ['dlq', 'list'],
    ['dlq', 'groups'],
    ['dlq', 'count'],
    ['dlq', 'show', '1', '-s', 'payment'],
    ['dlq', 'parked'],
    ['dlq', 'replay', '--dry-run'],
    ['dlq', 'replay', '--why', 'x'],
    ['dlq', 'discard', '--all', '--yes', '--why', 'x'],
    ['sagas'],
    ['sagas', 'list'],
    ['orders'],
    ['orders', 'list'],
    ['outbox'],
    ['topics'],
    ['doctor'],
  ])('gives one document and nothing else: %s %s %s', async (...args) => {
    payment.box.add(5);
    const ended = await waybill(...args, '--json');
    expect(Object.keys(documentOf(ended)).length).toBeGreaterThan(0);
  });

  it('gives the error as a document where nothing else can be said', async () => {
    const ended = await waybill('dlq', 'show', '99', '--json');
    expect(ended.code).toBe(1);
    expect(documentOf(ended)).toMatchObject({ error: { code: 'LETTER_NOT_FOUND' } });
  });

  it('keeps what the service says beyond what the CLI knows', async () => {
    payment.state.topics = [{ topic: 't', partitions: 6, lagMessages: 0, lagSeconds: 0, colour: 'green' }];
    expect(documentOf(await waybill('topics', '--json', '-s', 'payment'))).toMatchObject({
      topics: [{ colour: 'green' }],
    });
  });
});

describe('orphaned orders', () => {
  it('are told by doctor, listed, and recovered one by one or all; one that is refused leaves the others (F71)', async () => {
    const orphan = (orderId: string) => ({
      orderId,
      letters: 2,
      answers: ['payment.charged.v1'],
      since: '2026-11-25T01:00:00Z',
    });
    const [first, second, third] = ['1', '2', '3'].map((digit) => `${digit}197d6a4-5c1e-7b3a-9c55-0a1b2c3d4e5f`);
    order.state.orphans = [first, second, third].map((id = '') => orphan(id));
    expect((await waybill('doctor', '-s', 'order')).stdout).toContain('sagas orphans');
    expect((await waybill('sagas', 'orphans')).stdout).toMatch(/2197d6a4-\S+ .*payment\.charged\.v1/);
    expect((await waybill('sagas', 'recover', '--why', 'x')).code).toBe(2);
    expect((await waybill('sagas', 'recover', '1197d6a4', '--all', '--why', 'x')).code).toBe(2);

    expect(await waybill('sagas', 'recover', '9197', '--why', 'x')).toMatchObject({ code: 1 });
    const one = await waybill('sagas', 'recover', '2197…4e5f', '--why', 'x');
    expect(one).toMatchObject({ code: 0, stdout: expect.stringContaining('1 order recovered') });
    expect(order.calls.at(-1)).toMatchObject({
      path: `/admin/orphans/${second}/recover`,
      body: { who: 'ada', why: 'x' },
    });
    expect(order.calls.at(-1)?.key).not.toBe('');

    // Somebody else recovers the first meanwhile.
    order.before = ({ method }) => {
      if (method === 'POST') order.state.orphans = order.state.orphans.filter(({ orderId }) => orderId !== first);
    };
    const all = await waybill('sagas', 'recover', '--all', '--why', 'x');
    expect(all).toMatchObject({ code: 1, stdout: expect.stringContaining('1 order recovered') });
    expect(all.stderr).toContain(first);
    expect(order.state.orphans).toEqual([]);
  });
});

describe('sagas', () => {
  const [stuck, running] = ['1', '2'].map((digit) => `${digit}197d6a4-5c1e-7b3a-9c55-0a1b2c3d4e5f`) as [string, string];
  const error = { step: 'process-payment', code: 'REFUND_REFUSED', message: 'The card is closed' };
  const charged = { amount: 2500, currency: 'EUR' };

  it('are listed by status, and retried with a reason', async () => {
    order.state.sagas = [
      { orderId: stuck, status: 'COMPENSATION_FAILED', step: 'process-payment' },
      { orderId: running, status: 'RUNNING', step: 'process-payment' },
    ];
    const list = await waybill('sagas', '--status', 'COMPENSATION_FAILED');
    expect(list.stdout).toContain(stuck);
    expect(list.stdout).not.toContain(running);
    expect(await waybill('sagas', 'retry', stuck, '--why', 'x')).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('COMPENSATING'),
    });
    expect(order.calls.at(-1)).toMatchObject({ path: `/admin/sagas/${stuck}/retry`, body: { who: 'ada', why: 'x' } });
    const refused = await waybill('sagas', 'skip', running, '--why', 'x');
    expect(refused).toMatchObject({ code: 1, stderr: expect.stringContaining('nothing to skip') });
  });

  it('say in their row which step failed, and what money is still held after a skip', async () => {
    const held = [{ step: 'process-payment', skipped: true, charged }];
    const steps = [{ name: 'process-payment', status: 'COMPENSATION_FAILED', attempts: 5, error }];
    order.state.sagas = [{ orderId: stuck, status: 'COMPENSATED', step: 'process-payment', held, error, steps }];
    expect((await waybill('sagas')).stdout).toMatch(
      /COMPENSATED .*still held: 25\.00 EUR charged at process-payment, skipped; process-payment: REFUND_REFUSED: The card is closed\n/,
    );
    const show = await waybill('sagas', 'show', stuck);
    expect(show).toMatchObject({ code: 0, stderr: '' });
    expect(show.stdout).toContain('still held:   25.00 EUR charged at process-payment, skipped');
    expect(show.stdout).toMatch(/process-payment +COMPENSATION_FAILED +5 +- +REFUND_REFUSED: The card is closed/);
    expect(documentOf(await waybill('sagas', 'show', stuck, '--json'))).toMatchObject({ saga: { held, steps } });
  });
});

it('tells by which correlation id the log of a service knows the error inside it', async () => {
  payment.broken = '01890a5d-ac96-774b-bcce-b302099a8057';
  const ended = await waybill('lanes', '-s', 'payment');
  payment.broken = undefined;
  expect(ended).toMatchObject({ code: 1, stderr: expect.stringContaining('01890a5d-ac96-774b-bcce-b302099a8057') });
});

describe('lanes', () => {
  const issue = {
    id: '7',
    topic: 'payment.commands',
    partition: 2,
    kind: 'unreadable',
    first: '40',
    next: '43',
    reason: 'its checksum is wrong',
    foundAt: '2026-11-25T00:00:00.000Z',
  };

  it('F68, F70: shows what is wrong with a lane, names it in doctor with the command, and settles it for the audit', async () => {
    payment.state.lanes = [issue];
    payment.state.topics = [{ topic: 'payment.commands', partitions: 0, lagMessages: 0, lagSeconds: 0 }];
    expect((await waybill('lanes')).stdout).toMatch(/payment +7 +unreadable +payment\.commands\/2 +40 +43/);
    expect((await waybill('topics', '-s', 'payment')).stdout).toContain('missing');
    const { stdout } = await waybill('doctor', '-s', 'payment');
    expect(stdout).toContain('unreadable: payment.commands/2 from 40 to before 43: its checksum is wrong');
    expect(stdout).toContain('lanes settle 7 --service payment --why …');
    expect(stdout).toContain('missing at the broker: payment.commands');
    expect(await waybill('lanes', 'settle', '7', '--why', 'x')).toMatchObject({ code: 2 });
    expect(await waybill('lanes', 'settle', '7', '-s', 'payment', '--who', 'ada', '--why', 'x')).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('1 dead letter now'),
    });
    expect(payment.calls.at(-1)).toMatchObject({ path: '/admin/lanes/7/settle', body: { who: 'ada', why: 'x' } });
    expect(await waybill('lanes', 'settle', '7', '-s', 'payment', '--why', 'x')).toMatchObject({ code: 1 });
    payment.state.topics = [];
  });

  it('F70: shows no range of a topic that was lost as a whole', async () => {
    payment.state.lanes = [
      { ...issue, partition: -1, kind: 'topic-lost', first: '0', next: '0', reason: 'it was gone' },
    ];
    expect((await waybill('lanes', '-s', 'payment')).stdout).toMatch(
      /topic-lost +payment\.commands +- +- +\S.* +it was gone/,
    );
    expect((await waybill('doctor', '-s', 'payment')).stdout).toContain('topic-lost: payment.commands: it was gone');
    payment.state.lanes = [];
  });

  it('F70: settles several issues, those of a topic, or all of a service, and names the one that it cannot', async () => {
    const other = { ...issue, id: '9', topic: 'inventory.events' };
    const own = ['5', '6', '7', '8'].map((id) => ({ ...issue, id, kind: 'replaced' }));
    payment.state.lanes = [...own, other];
    const settle = (...args: readonly string[]) => waybill('lanes', 'settle', ...args, '--why', 'x', '-s', 'payment');
    const left = () => payment.state.lanes.map((lane) => 'id' in lane && lane.id);
    for (const args of [[], ['5', '--all'], ['--topic', 't', '--all']]) expect((await settle(...args)).code).toBe(2);
    expect((await waybill('lanes', 'settle', '--all', '--why', 'x')).code).toBe(2);
    expect(left()).toHaveLength(5);

    const several = await settle('5', '4', '6');
    expect(several).toMatchObject({ code: 1, stdout: expect.stringContaining('2 issues of payment settled.') });
    expect(several.stderr).toContain('There is no open issue 4.');
    expect(left()).toEqual(['7', '8', '9']);
    expect(new Set(payment.calls.slice(-3).map(({ key }) => key)).size).toBe(3); // each a call of its own, repeated safely

    expect(await settle('--topic', 'payment.commands')).toMatchObject({ code: 0 });
    expect(left()).toEqual(['9']);
    expect(await settle('--all')).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('1 issue of payment settled.'),
    });
    expect(left()).toEqual([]);
    expect(await settle('--all')).toMatchObject({ code: 0, stdout: expect.stringContaining('0 issues') });
  });
});

describe('doctor', () => {
  it('has nothing to say where nothing is wrong', async () => {
    expect(await waybill('doctor')).toMatchObject({ code: 0, stdout: expect.stringMatching(/Nothing is wrong\.\n$/) });
  });

  it('names each thing that is wrong, what to do, and the command that helps', async () => {
    payment.box.add(3);
    payment.state.parkedKeys = [
      {
        topic: 't',
        key: 'k',
        parkedAt: '2026-01-01T00:00:00Z',
        messages: 4,
        head: { id: '1', state: 'dead', nextAttemptAt: null },
      },
    ];
    payment.state.outbox = {
      unpublished: 9,
      oldestAgeSeconds: 90,
      topics: [{ topic: 'payment.events', unpublished: 9, oldestAgeSeconds: 90, leases: [] }],
      refused: [REFUSED_MESSAGE],
    };
    payment.state.topics = [{ topic: 'payment.commands', partitions: 6, lagMessages: 1200, lagSeconds: 300 }];
    payment.clockSkewMs = -60_000;
    payment.ready = {
      status: 503,
      body: { checks: { consumer: { ok: false, detail: 'not joined' }, database: { ok: true } } },
    };
    order.state.sagas = [{ orderId: 'o-1', status: 'COMPENSATION_FAILED', step: 'process-payment' }];
    const ended = await waybill('doctor', '--json', '-s', 'order,payment,shipping');
    expect(ended).toMatchObject({ code: 3, stderr: expect.stringContaining("shipping can't be reached") });
    const { findings } = documentOf(ended) as { findings: { code: string; todo: string }[] };
    expect(findings.map(({ code }) => code).sort()).toEqual([
      'CLOCK_SKEW',
      'COMPENSATION_FAILED',
      'CONSUMER_LAG',
      'DEAD_LETTERS',
      'NOT_READY',
      'OUTBOX_REFUSED',
      'OUTBOX_STUCK',
      'PARKED_KEYS',
      'UNREACHABLE',
    ]);
    const { stdout } = await waybill('doctor');
    for (const command of [
      'dlq groups --service payment',
      'dlq parked --service payment',
      'outbox --service payment',
    ]) {
      expect(stdout).toContain(`waybill ${command}`);
    }
    expect(stdout).toContain('consumer: not joined');
  });
});
