import { Logger } from '@nestjs/common';

import { createLogger } from '../logging/logger.js';
import { NestLogger } from '../logging/nest-logger.js';
import { BackgroundLoop } from './background-loop.js';
import { FailureLog } from './failure-log.js';

const lines: Record<string, unknown>[] = [];

beforeEach(() => {
  jest.useFakeTimers();
  lines.length = 0;
  const write = (line: string): void => void lines.push(JSON.parse(line) as Record<string, unknown>);
  Logger.overrideLogger(new NestLogger(createLogger({ service: 'test', destination: { write } })));
});

afterEach(() => {
  Logger.overrideLogger(false);
  jest.useRealTimers();
});

const messages = (): unknown[] => lines.map(({ msg }) => msg);
const away = Object.assign(new Error('connect ECONNREFUSED 127.0.0.1:5432'), { code: 'ECONNREFUSED' });

function loops(prefix: string, count: number, step: () => Promise<void>): { stop(): Promise<void> } {
  const all = Array.from({ length: count }, (_, n) => {
    const loop = new BackgroundLoop({ work: `${prefix} ${n}`, intervalMs: 100, step });
    loop.start();
    return loop;
  });
  return {
    stop: async () => {
      const stopped = Promise.all(all.map((loop) => loop.stop()));
      await jest.advanceTimersByTimeAsync(0);
      await stopped;
    },
  };
}

it('writes the first failure, one summary a minute for all loops, and the recovery: below 100 lines in ten minutes (F73)', async () => {
  let isAway = true;
  const twelve = loops('outage', 12, async () => {
    if (isAway) throw away;
  });
  await jest.advanceTimersByTimeAsync(600_000);
  isAway = false;
  await jest.advanceTimersByTimeAsync(120_000);
  await twelve.stop();

  const count = (message: string): number => messages().filter((each) => each === message).length;
  expect(count('Background work failed; it is retried')).toBe(12);
  expect(count('Background work keeps failing')).toBe(10);
  expect(count('Background work succeeded again')).toBe(12);
  expect(lines).toHaveLength(34);
});

it('says what fails, since when, how often and why, without the stack of an outage', async () => {
  const one = loops('explained', 1, () => Promise.reject(away));
  await jest.advanceTimersByTimeAsync(60_000);
  await one.stop();

  const error = { type: 'Error', code: 'ECONNREFUSED', message: away.message };
  expect(lines[0]).toMatchObject({ level: 'warn', work: 'explained 0', error });
  expect(lines[1]).toMatchObject({ failing: [{ work: 'explained 0', state: 'fails', error }] });
  expect(JSON.stringify(lines)).not.toContain('stack');
});

it('says no more of work that failed and has had no occasion since (F73)', async () => {
  const failureLog = new FailureLog();
  const work = 'once';
  failureLog.failed(work, away);
  await jest.advanceTimersByTimeAsync(600_000);
  expect(lines).toHaveLength(1);
  failureLog.failed(work, away);
  expect(lines).toHaveLength(2);
});

it('keeps the stack of a programming error', async () => {
  const one = loops('broken', 1, () => Promise.reject(new TypeError('x is not a function')));
  await jest.advanceTimersByTimeAsync(10);
  await one.stop();
  expect(lines[0]).toMatchObject({ error: { type: 'TypeError', stack: expect.stringContaining('failure-log.spec') } });
});

it('writes no more about work that fails and recovers all the time (F73)', async () => {
  let runs = 0;
  const flapping = loops('flapping', 1, async () => {
    runs += 1;
    if (runs % 2 === 0) throw away;
  });
  await jest.advanceTimersByTimeAsync(600_000);
  await flapping.stop();
  expect(runs).toBeGreaterThan(1_000);
  expect(lines.length).toBeLessThanOrEqual(13);
});
