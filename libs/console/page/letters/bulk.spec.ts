import type { ReplayReport } from '../bodies.js';
import { replayInBulk } from './bulk.js';
import type { BulkProgress } from './bulk.js';

/** A service with so many dead letters, of which some fail again. */
function serviceWith(letters: number, fails: (letter: number) => boolean = () => false) {
  let at = 0;
  const limits: number[] = [];
  const told: BulkProgress[] = [];
  const pauses: number[] = [];
  const take = async (limit: number): Promise<ReplayReport> => {
    limits.push(limit);
    const taken = Array.from({ length: Math.min(limit, letters - at) }, () => (at += 1));
    const failed = taken.filter(fails);
    const failures = failed.map((letter) => ({ id: String(letter), error: 'again' }));
    const replayed = taken.length - failed.length;
    return {
      run: 'r',
      taken: taken.length,
      replayed,
      skipped: 0,
      failed: failed.length,
      pending: 0,
      failures,
      remaining: letters - at,
    };
  };
  const ports = {
    take,
    pause: async (ms: number) => void pauses.push(ms),
    nowMs: () => 0,
    told: (each: BulkProgress) => void told.push(each),
  };
  return { ports, limits, told, pauses };
}

const go = new AbortController().signal;

describe('a replay in bulk', () => {
  it('tries the canary alone, then the rest at its rate, until nothing is left', async () => {
    const { ports, limits, pauses } = serviceWith(25);
    const end = await replayInBulk({ canary: 3, rate: 10, mostFailures: 0 }, ports, go);
    expect(end).toMatchObject({ state: 'done', replayed: 25, failed: 0, remaining: 0 });
    expect(limits).toEqual([3, 10, 10, 10, 10]);
    expect(pauses).toEqual([1_000, 1_000]);
  });

  it('touches nothing else when the canary fails', async () => {
    const { ports, limits } = serviceWith(25, (letter) => letter === 2);
    const end = await replayInBulk({ canary: 3, rate: 10, mostFailures: 9 }, ports, go);
    expect(end).toMatchObject({
      state: 'canary failed',
      replayed: 2,
      failed: 1,
      failures: [{ id: '2', error: 'again' }],
    });
    expect(limits).toEqual([3]);
  });

  it('takes a canary without an outcome for one that failed', async () => {
    const { ports, limits } = serviceWith(25);
    const take = async (limit: number) => ({ ...(await ports.take(limit)), replayed: 2, pending: 1 });
    const end = await replayInBulk({ canary: 3, rate: 10, mostFailures: 9 }, { ...ports, take }, go);
    expect([end.state, limits]).toEqual(['canary failed', [3]]);
  });

  it('ends when more have failed than it may', async () => {
    const { ports, limits } = serviceWith(100, (letter) => letter % 5 === 0);
    const end = await replayInBulk({ canary: 0, rate: 10, mostFailures: 3 }, ports, go);
    expect(end).toMatchObject({ state: 'too many failures', failed: 4, remaining: 80 });
    expect(limits).toEqual([10, 10]);
  });

  it('stops when it is told to, after the page that is under way', async () => {
    const { ports, told } = serviceWith(100);
    const stop = new AbortController();
    const pause = async (): Promise<void> => stop.abort();
    const end = await replayInBulk({ canary: 0, rate: 10, mostFailures: 0 }, { ...ports, pause }, stop.signal);
    expect(end).toMatchObject({ state: 'stopped', replayed: 10, remaining: 90 });
    expect(told.map(({ state }) => state).at(-1)).toBe('stopped');
  });
});
