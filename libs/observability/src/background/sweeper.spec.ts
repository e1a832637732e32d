import { Sweeper } from './sweeper.js';

beforeEach(() => void jest.useFakeTimers());
afterEach(() => void jest.useRealTimers());

it('deletes a little at a time, until nothing is left', async () => {
  const asked: number[] = [];
  let left = 25;
  const sweepSome = async (most: number): Promise<number> => {
    asked.push(most);
    const swept = Math.min(most, left);
    left -= swept;
    return swept;
  };
  const sweeper = new Sweeper({ work: 'sweep', intervalMs: 1_000, mostAtOnce: 10, sweepSome });
  expect(await sweeper.sweep()).toBe(25);
  expect(asked).toEqual([10, 10, 10]);
});

it('sweeps about once an interval, first after one, and no more once the service stops', async () => {
  let sweeps = 0;
  const sweeper = new Sweeper({ work: 'sweep', intervalMs: 1_000, sweepSome: async () => ((sweeps += 1), 0) });
  sweeper.onApplicationBootstrap();
  await jest.advanceTimersByTimeAsync(700);
  expect(sweeps).toBe(0);
  await jest.advanceTimersByTimeAsync(99_300);
  expect(sweeps).toBeGreaterThanOrEqual(79);
  expect(sweeps).toBeLessThanOrEqual(134);
  const before = sweeps;
  const stopped = sweeper.onModuleDestroy();
  await jest.advanceTimersByTimeAsync(10_000);
  await stopped;
  expect(sweeps).toBe(before);
});
