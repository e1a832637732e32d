import { keepRunning, type Server } from './keep-running.js';

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
  let kept: Pick<Server, 'stop'>;

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
});
