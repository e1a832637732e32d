import { keepRunning, type KeptServer } from './keep-running.js';

/** A server that ends when the test says so. */
function server() {
  let end: (how: string) => void = () => undefined;
  const exited = new Promise<string>((resolve) => {
    end = resolve;
  });
  return { exited, end, stop: async () => end('was asked to stop') };
}

const delays = (...delaysMs: number[]) => ({ next: () => delaysMs.shift() ?? 60_000 });

describe('keepRunning', () => {
  let kept: KeptServer;

  it('F75 starts a lost server again after a pause, also after a start that failed, until it is stopped', async () => {
    const [first, second] = [server(), server()];
    const told: string[] = [];
    let starts = 0;
    const up = new Promise<void>((resolve) => {
      const start = async () => {
        starts += 1;
        if (starts === 1) throw new Error('no');
        resolve();
        return second;
      };
      kept = keepRunning(first, start, (how, delayMs) => told.push(`${how}, ${delayMs}`), delays(1, 2));
    });
    first.end('was killed by SIGKILL');
    await up;
    expect(told).toEqual(['was killed by SIGKILL, 1', 'could not be started again: no, 2']);
    await kept.stop();
    expect(await second.exited).toBe('was asked to stop');
    expect([starts, told.length]).toEqual([2, 2]);
  });

  it('starts nothing once it is stopped, even while it waits for the next start', async () => {
    const lost = server();
    const start = jest.fn(async () => server());
    const waiting = new Promise<void>((resolve) => {
      kept = keepRunning(lost, start, () => resolve(), delays(60_000));
    });
    lost.end('exited with code 1');
    await waiting;
    await kept.stop();
    expect(start).not.toHaveBeenCalled();
  });

  it('leaves a server that was taken away stopped until it is brought back, also one that was lost before', async () => {
    const [first, second, third] = [server(), server(), server()];
    const starts = [second, third];
    const lost = jest.fn();
    const start = jest.fn(async () => starts.shift() ?? server());
    kept = keepRunning(first, start, lost, delays(1));
    const bringBack = await kept.takeAway();
    expect(await first.exited).toBe('was asked to stop');
    expect([start.mock.calls.length, lost.mock.calls.length]).toEqual([0, 0]);
    await Promise.all([bringBack(), bringBack()]);
    expect(start).toHaveBeenCalledTimes(1);
    const waits = new Promise<void>((resolve) => lost.mockImplementation(() => resolve()));
    second.end('was killed by SIGKILL');
    await waits;
    const bringBackAgain = await kept.takeAway();
    await new Promise((resolve) => setTimeout(resolve, 20)); // longer than the backoff
    expect(start).toHaveBeenCalledTimes(1);
    await bringBackAgain();
    expect(start).toHaveBeenCalledTimes(2);
    await kept.stop();
  });

  it('stops a server that is away, and brings it back no more', async () => {
    const start = jest.fn(async () => server());
    kept = keepRunning(server(), start, () => undefined);
    const bringBack = await kept.takeAway();
    const back = bringBack();
    await kept.stop();
    await back;
    const { length } = start.mock.calls;
    const away = keepRunning(server(), start, () => undefined);
    await away.takeAway();
    await away.stop();
    expect(start).toHaveBeenCalledTimes(length);
  });
});
