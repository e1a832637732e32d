import { spawn } from 'node:child_process';
import { join } from 'node:path';

import { databaseUrl } from '@waybill/database';
import { testDatabaseServer } from '@waybill/embedded/testing';
import { Client } from 'pg';

import { storePaymentLetters } from '../system/payment-letters.js';
import { RunningSystem } from '../system/running-system.js';
import { until } from '../system/until.js';

// By hand with all of them: REPLAY_LETTERS=10000 REPLAY_ORDERS=1000 npx jest test/e2e/replay-many --selectProjects e2e
const LETTERS = Number(process.env['REPLAY_LETTERS'] ?? 500);
const ORDERS = Number(process.env['REPLAY_ORDERS'] ?? 50);
const CANARY = 10;

jest.setTimeout(600_000);

interface Sum {
  readonly run: string;
  readonly replayed: number;
  readonly skipped: number;
  readonly failed: number;
  readonly remaining: number;
}

describe('replaying many dead letters by the command line', () => {
  let system: RunningSystem;
  let client: Client;

  beforeAll(async () => {
    system = await RunningSystem.create();
    await system.services.payment.start();
    const url = databaseUrl(testDatabaseServer(), `${system.databasePrefix}payment`);

    await storePaymentLetters({
      databaseUrl: url,
      group: 'payment',
      topic: 'payment.commands',
      letters: LETTERS,
      orders: ORDERS,
    });
    client = new Client({ connectionString: url });
    await client.connect();
  });

  afterAll(async () => {
    await client?.end();
    await system?.stop();
  });

  const count = async (text: string): Promise<number> =>
    Number((await client.query<{ count: string }>(text)).rows[0]?.count);
  const dead = (): Promise<number> => count(`SELECT count(*) FROM held_message WHERE state = 'dead'`);

  function start(...args: string[]) {
    const env = { PATH: process.env['PATH'], USER: 'ada', PAYMENT_URL: system.services.payment.url };
    const child = spawn(process.execPath, [join('dist', 'cli', 'main.js'), ...args, '-s', 'payment'], { env });
    let [out, notes] = ['', ''];
    child.stdout.on('data', (chunk: Buffer) => (out += chunk.toString()));
    child.stderr.on('data', (chunk: Buffer) => (notes += chunk.toString()));
    child.stdin.end();
    const ended = new Promise<{ code: number | null; out: string }>((resolve) =>
      child.once('close', (code) => {
        const transcript = `$ waybill ${args.join(' ')}\n${notes}${out}[${code}]\n`;
        if (process.env['REPLAY_TRANSCRIPT'] !== undefined) process.stderr.write(transcript);
        resolve({ code, out });
      }),
    );
    return { ended, interrupt: () => child.kill('SIGINT') };
  }

  const waybill = (...args: string[]) => start(...args).ended;

  it('groups, previews, tries a canary, stops at Ctrl-C, continues: the counts add up, each letter has one effect', async () => {
    const answer = await waybill('dlq', 'groups', '--json');
    const { groups } = JSON.parse(answer.out) as { groups: { letters: number; keys: number }[] };
    expect(groups.map(({ letters }) => letters)).toEqual([(LETTERS * 3) / 4, LETTERS / 4]);
    const dry = await waybill('dlq', 'replay', '--dry-run', '--limit', '3');
    expect(dry.out).toContain('nothing was changed');
    expect(await dead()).toBe(LETTERS);

    const why = ['--why', 'the provider is back'];
    const first = start('dlq', 'replay', '--canary', String(CANARY), '--yes', ...why, '--json');
    await until(async () => (await dead()) < LETTERS * 0.7, { timeoutMs: 300_000, what: 'a third to be replayed' });
    first.interrupt();
    const stopped = await first.ended;
    const half = JSON.parse(stopped.out) as Sum;
    expect(stopped.code).toBe(1);
    expect(half).toMatchObject({ skipped: 0, failed: 0, remaining: await dead() });
    expect(half.replayed + half.remaining).toBe(LETTERS);
    expect(half.remaining).toBeGreaterThan(0);

    const resumed = await waybill('dlq', 'replay', ...why, '--json', '--run', half.run);
    expect([resumed.code, JSON.parse(resumed.out)]).toMatchObject([
      0,
      { run: half.run, replayed: LETTERS, skipped: 0, failed: 0, remaining: 0 },
    ]);
    expect(await dead()).toBe(0);
    expect(await count(`SELECT count(*) FROM held_message WHERE state = 'handled'`)).toBe(LETTERS);
    expect(await count(`SELECT count(DISTINCT held_seq) FROM dead_letter_action WHERE outcome = 'replayed'`)).toBe(
      LETTERS,
    );
    expect(await count('SELECT count(*) FROM dead_letter_action')).toBe(LETTERS);
    expect(await count('SELECT count(*) FROM payment')).toBe(ORDERS);
    await until(async () => (await count('SELECT count(*) FROM parked_key')) === 0, {
      timeoutMs: 30_000,
      what: 'the keys to be unparked',
    });
  });
});
