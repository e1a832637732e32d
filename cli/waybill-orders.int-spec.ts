import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { resolve } from 'node:path';

import type { ContractServer } from './testing/contract-server.js';
import { at, idAt, placeOn } from './testing/placed-orders.js';
import type { Ended } from './testing/run-waybill.js';
import { documentOf, WaybillOnServers } from './testing/waybill-on-servers.js';

jest.setTimeout(180_000);

// The built command as users have it, against HTTP servers that speak the services' APIs.
let system: WaybillOnServers;
let order: ContractServer;
let payment: ContractServer;

beforeEach(async () => {
  system = await WaybillOnServers.start();
  ({ order, payment } = system);
});

afterEach(() => system.stop());

const waybill = (...args: string[]): Promise<Ended> => system.run(args).ended;

const place = (ms: number, more: object = {}) => placeOn(order, ms, more);

describe('orders list', () => {
  it('asks for what the filters say, and lists the newest first', async () => {
    place(0, { status: 'FULFILLED', customerId: 'bob', updatedAt: at(180) });
    place(1_000);
    const failure = { step: 'process-payment', code: 'PAYMENT_DECLINED', message: 'The card was declined' };
    place(2_000, { status: 'REJECTED', failure });
    const { stdout } = await waybill('orders');
    const [, first, second, third, sum] = stdout.split('\n');
    expect(first).toMatch(/REJECTED .* 25\.00 EUR +ada +process-payment: PAYMENT_DECLINED: The card was declined$/);
    expect(second).toMatch(new RegExp(`^${idAt(1_000)} +PLACED `));
    expect(third).toMatch(/FULFILLED .* 180ms .* bob +-$/);
    expect(sum).toBe('3 orders.');
    const filter = ['--status', 'PLACED', '--customer', 'ada', '--since', at(0), '--until', at(1_500)];
    expect(documentOf(await waybill('orders', 'list', ...filter, '--json'))).toMatchObject({
      items: [{ id: idAt(1_000) }],
      isMore: false,
    });
    const query = { status: 'PLACED', customerId: 'ada', placedSince: at(0), placedUntil: at(1_500) };
    expect(order.calls.at(-1)?.query).toMatchObject(query);
    expect((await waybill('orders', '--customer', 'cy')).stdout).toBe('No orders match.\n');
  });

  it('takes as many pages as are needed, and says that there are more', async () => {
    for (let index = 0; index < 250; index++) place(index);
    const all = documentOf(await waybill('orders', '--limit', '1000', '--json')) as { items: { id: string }[] };
    expect(all.items.map(({ id }) => id)).toEqual(Array.from({ length: 250 }, (_, index) => idAt(249 - index)));
    expect((await waybill('orders', '--limit', '230')).stdout).toMatch(
      /\n230 orders, and there are more; --limit shows them\.\n$/,
    );
  });

  it.each([
    [['--status', 'LOST'], 'Allowed choices'],
    [['--customer', 'ada; DROP TABLE'], '--customer is'],
    [['--since', 'yesterday'], '--since is'],
    [['--since', '1h', '--until', '2h'], 'empty period'],
    [['tial'], 'there are list, show, tail'],
    [['show'], 'missing required argument'],
    [['-s', 'payment'], 'leave --service out'],
  ])('ends with 2 and asks nobody: %j', async (args, message) => {
    const ended = await waybill('orders', ...args);
    expect(ended).toMatchObject({ code: 2, stdout: '', stderr: expect.stringContaining(message) });
    expect([...order.calls, ...payment.calls]).toEqual([]);
  });

  it('cuts nothing in a pipe, colours nothing, and obeys no control character', async () => {
    const message = `${'x'.repeat(500)}\u001B[2J\u202E end`;
    place(0, { status: 'REJECTED', failure: { step: 's', code: 'C', message } });
    const { stdout } = await waybill('orders');
    expect(stdout).toContain(`s: C: ${'x'.repeat(500)}\\x1b[2J\\u202e end\n`);
    expect(stdout).not.toContain('\u001B');
  });

  it('ends quietly where its reader does', async () => {
    for (let index = 0; index < 3_000; index++) place(index, { customerId: `customer-${'x'.repeat(50)}` });
    const args = [resolve('dist/cli/main.js'), 'orders', '--limit', '3000'];
    const child = spawn(process.execPath, args, { env: { PATH: process.env['PATH'], ORDER_URL: order.url } });
    let errors = '';
    child.stderr.on('data', (chunk: Buffer) => (errors += chunk.toString()));
    child.stdout.once('data', () => child.stdout.destroy());
    expect([(await once(child, 'close'))[0], errors]).toEqual([0, '']);
  });
});

describe('orders show', () => {
  const command = 'c0000000-0000-7000-8000-000000000001';
  const answer = 'e0000000-0000-7000-8000-000000000001';
  const entry = (ms: number, type: string, more: object = {}) => ({
    at: at(ms),
    service: 'order',
    kind: 'saga',
    type,
    messageId: null,
    causationId: null,
    detail: null,
    ...more,
  });
  const message = (id: string, topic: string, source: string, type: string, ms: number) => ({
    id,
    topic,
    type,
    key: idAt(0),
    source,
    subject: idAt(0),
    time: at(ms),
    correlationId: 'k',
    causationId: null,
    traceparent: null,
    createdAt: at(ms),
    publishedAt: at(ms + 3),
    isSetAside: false,
    bytes: 2,
    data: {},
  });
  const process = entry(10, 'payment.process.v2', {
    kind: 'command',
    messageId: command,
    detail: { step: 'process-payment', attempt: 1 },
  });

  beforeEach(() => {
    const steps = [{ name: 'process-payment', status: 'RUNNING', attempts: 1, startedAt: at(10), endedAt: null }];
    const deadlineAt = new Date(Date.now() + 7_200_000).toISOString();
    place(0);
    order.state.sagas = [{ orderId: idAt(0), status: 'RUNNING', step: 'process-payment', steps, deadlineAt }];
    order.state.timelines.set(idAt(0), [entry(0, 'saga-started'), process]);
    order.state.sent = [message(command, 'payment.commands', '/order', 'payment.process.v2', 10)];
  });

  const take = (outcome: string) =>
    payment.state.taken.push({
      source: '/order',
      messageId: command,
      outcome,
      receivedAt: at(20),
      partition: 1,
      position: '7',
    } as { messageId: string });

  it('tells the story of a message from hand to hand: step, outbox, lane and position, inbox, answer', async () => {
    take('handled');
    const charged = { service: 'payment', kind: 'event', messageId: answer, causationId: command };
    order.state.timelines.set(idAt(0), [process, entry(60, 'payment.charged.v1', charged)]);
    const ended = await waybill('orders', 'show', idAt(0));
    expect(ended.code).toBe(0);
    expect(ended.stdout).toMatch(/\+0ms +order → payment  payment\.process\.v2 \(process-payment\)\n/);
    expect(ended.stdout).toContain(
      `${command}: outbox (3ms) › payment.commands/1@7 (7ms) › payment: handled (40ms) › payment.charged.v1\n`,
    );
    expect(ended.stdout).toMatch(/\+50ms +payment → order  payment\.charged\.v1/);
    const document = documentOf(await waybill('orders', 'show', idAt(0), '--json'));
    expect(document).toMatchObject({
      order: { id: idAt(0) },
      saga: { status: 'RUNNING' },
      messages: [{ id: command, inbox: { partition: 1, position: '7' }, answers: [answer] }, { id: answer }],
      letters: [],
      parked: [],
      failures: [],
    });
  });

  it('says first what holds it up: a letter, what waits behind it, and which command shows it', async () => {
    take('dead');
    const letters = payment.box;
    letters.add(2);
    for (const letter of letters.letters) Object.assign(letter, { key: idAt(0) });
    const { stdout } = await waybill('orders', 'show', idAt(0));
    expect(stdout).toMatch(
      /What holds it up\n {2}payment: letter 1 is dead: payment\.process\.v1, RETRIES_EXHAUSTED after 5 attempts, 1 message waits behind it\n {4}GatewayError: no answer\n {4}waybill dlq show 1 --service payment\n/,
    );
    const head = { id: '1', state: 'dead', nextAttemptAt: null };
    const parkedAt = at(20);
    payment.state.parkedKeys = [
      { topic: 'payment.commands', key: idAt(0), subscriber: null, parkedAt, messages: 2, head },
    ];
    expect(documentOf(await waybill('orders', 'show', idAt(0), '--json'))).toMatchObject({
      parked: [{ service: 'payment', topic: 'payment.commands', messages: 2, head }],
      holdups: [{ command: 'dlq show 1 --service payment' }],
    });
    expect((await waybill('orders', 'show', idAt(0))).stdout).toMatch(/wait behind letter 1 \(held .*, still\)/);
  });

  it('says whom it waits for where nothing is wrong', async () => {
    take('handled');
    expect((await waybill('orders', 'show', idAt(0))).stdout).toMatch(
      /nothing yet: payment has had .* to answer payment\.process\.v2; its deadline is in (2h|1h 59m)/,
    );
  });

  it('tells what is known, and that a service gave no answer', async () => {
    const ended = await waybill('orders', 'show', idAt(0), '--url', 'payment=http://127.0.0.1:1');
    expect(ended).toMatchObject({ code: 3, stderr: expect.stringContaining("payment can't be reached") });
    expect(ended.stdout).toContain('payment gave no answer: what it knows is missing below.');
    expect(ended.stdout).toContain('outbox (3ms) › payment.commands');
    const away = await waybill('orders', 'show', idAt(0), '--url', 'order=http://127.0.0.1:1');
    expect(away).toMatchObject({ code: 3, stdout: '', stderr: expect.stringContaining("order can't be reached") });
  });

  it('does not wait for a service that hangs longer than is said, and not again and again', async () => {
    payment.before = ({ path }) => (path.includes('inbox') ? new Promise<void>(() => undefined) : undefined);
    const ended = await waybill('orders', 'show', idAt(0), '--timeout', '1s');
    expect(ended).toMatchObject({ code: 3, stderr: expect.stringContaining('no answer in time') });
    expect(payment.calls.filter(({ path }) => path.includes('inbox'))).toHaveLength(1);
  });
});

describe('orders tail', () => {
  it('prints a line for each move until Ctrl-C, whatever the service does meanwhile', async () => {
    const first = place(0);
    const tail = system.run(['orders', 'tail', '--timeout', '2s']);
    await tail.said(first.id);
    const second = place(1_000, { customerId: 'bob' });
    await tail.said(second.id);
    order.before = (_, drop) => drop();
    await tail.said('Trying again');
    Object.assign(order.state.orders[0] ?? {}, { status: 'FULFILLED', updatedAt: at(5_000) });
    order.before = () => undefined;
    await tail.said('PLACED → FULFILLED');
    await tail.interrupt();
    const ended = await tail.ended;
    expect(ended.code).toBe(0);
    expect(ended.stdout.split('\n')).toEqual([
      `${at(0)}  ${first.id}  ${'PLACED'.padEnd(21)}  25.00 EUR  ada`,
      `${at(1_000)}  ${second.id}  ${'PLACED'.padEnd(21)}  25.00 EUR  bob`,
      `${at(5_000)}  ${first.id}  ${'PLACED → FULFILLED'.padEnd(21)}  25.00 EUR  ada  5s`,
      '',
    ]);
    expect(ended.stderr).toMatch(/order can't be reached.*\n.*order answers again\n$/);
  }, 60_000);

  it('prints a document on each line for programs', async () => {
    const { id } = place(0);
    const tail = system.run(['orders', 'tail', '--json', '--status', 'PLACED']);
    await tail.said(id);
    await tail.interrupt();
    const { stdout, code } = await tail.ended;
    expect([code, JSON.parse(stdout)]).toMatchObject([0, { id, status: 'PLACED' }]);
  });

  it('ends with 3 where nobody answers at its start', async () => {
    const ended = await waybill('orders', 'tail', '--url', 'order=http://127.0.0.1:1');
    expect(ended).toMatchObject({ code: 3, stdout: '' });
  });
});
