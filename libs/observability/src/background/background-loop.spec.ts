import { Logger } from '@nestjs/common';

import { BackgroundLoop } from './background-loop.js';

beforeAll(() => Logger.overrideLogger(false));
beforeEach(() => void jest.useFakeTimers());
afterEach(() => void jest.useRealTimers());

/** Milliseconds at which the steps began, from now on. */
function recorder(): { readonly at: number[]; note(): void } {
  const began = performance.now();
  const at: number[] = [];
  return { at, note: () => void at.push(Math.round(performance.now() - began)) };
}

const pass = (ms: number): Promise<void> => jest.advanceTimersByTimeAsync(ms);

async function stop(loop: BackgroundLoop): Promise<void> {
  const stopped = loop.stop();
  await pass(0);
  await stopped;
}

it('runs at once and once an interval, unless a step says when the next is due', async () => {
  const { at, note } = recorder();
  const pauses = [undefined, 10, undefined];
  const loop = new BackgroundLoop({ work: 'a', intervalMs: 100, step: async () => (note(), pauses[at.length - 1]) });
  loop.start();
  await pass(250);
  expect(at).toEqual([0, 100, 110, 210]);
  await stop(loop);
});

it('waits an interval longer than a timer lasts, and none fires early (F54)', async () => {
  const { at, note } = recorder();
  const monthMs = 30 * 86_400_000;
  const loop = new BackgroundLoop({ work: 'b', intervalMs: monthMs, step: async () => note() });
  loop.start();
  await pass(monthMs - 1);
  expect(at).toEqual([0]);
  await pass(1);
  expect(at).toEqual([0, monthMs]);
  await stop(loop);
});

it('runs at once when it is woken, once for many calls, and never twice at a time', async () => {
  const { at, note } = recorder();
  let finish = (): void => {};
  const step = async (): Promise<void> => {
    note();
    await new Promise<void>((resolve) => (finish = resolve));
  };
  const loop = new BackgroundLoop({ work: 'c', intervalMs: Infinity, step });
  loop.start();
  await pass(10);
  loop.wake();
  loop.wake();
  await pass(10);
  expect(at).toEqual([0]);
  finish();
  await pass(0);
  expect(at).toEqual([0, 20]);
  finish();
  await pass(1_000_000);
  expect(at).toEqual([0, 20]);
  await stop(loop);
});

it('waits longer and longer while it fails, however often it is woken, up to a bound, and then runs as before', async () => {
  const { at, note } = recorder();
  let fails = true;
  const step = async (): Promise<void> => {
    note();
    if (fails) throw new Error('away');
  };
  const loop = new BackgroundLoop({ work: 'd', intervalMs: 1_000, backoff: { baseMs: 100, maxMs: 400 }, step });
  loop.start();
  for (let ms = 0; ms < 4_000; ms += 1) {
    loop.wake();
    await pass(1);
  }
  const pauses = at.slice(1).map((ms, index) => ms - (at[index] ?? 0));
  expect(pauses.length).toBeLessThanOrEqual(22);
  for (const [index, pause] of pauses.entries()) {
    const most = Math.min(400, 100 * 2 ** index);
    expect(pause).toBeGreaterThanOrEqual(most / 2);
    expect(pause).toBeLessThanOrEqual(most + 2);
  }
  fails = false;
  at.length = 0;
  await pass(1_500);
  expect((at[1] ?? 0) - (at[0] ?? 0)).toBe(1_000);
  await stop(loop);
});

it('lets the step in hand end before it has stopped, tells it so, and runs no other', async () => {
  let finish = (): void => {};
  let told = false;
  let steps = 0;
  const step = async (stopping: AbortSignal): Promise<void> => {
    steps += 1;
    stopping.addEventListener('abort', () => (told = true));
    await new Promise<void>((resolve) => (finish = resolve));
  };
  const loop = new BackgroundLoop({ work: 'e', intervalMs: 10, step });
  loop.start();
  await pass(0);
  let stopped = false;
  const stopping = Promise.all([loop.stop(), loop.stop()]).then(() => (stopped = true));
  await pass(100);
  expect({ told, stopped, steps }).toEqual({ told: true, stopped: false, steps: 1 });
  finish();
  await stopping;
  loop.start();
  await pass(100);
  expect(steps).toBe(1);
});

it('ends a pause when it stops, after a failure too', async () => {
  let steps = 0;
  const step = async (): Promise<void> => {
    steps += 1;
    throw new Error('away');
  };
  const loop = new BackgroundLoop({ work: 'f', intervalMs: Infinity, step });
  loop.start();
  await pass(10);
  await stop(loop);
  await pass(10_000);
  expect(steps).toBe(1);
});
