import { ServerClock } from './server-clock.js';

describe("the database server's clock as a process knows it (F65)", () => {
  let ms: number;
  let clock: ServerClock;
  const answers = (serverMs: number, tookMs: number) => async (): Promise<number> => {
    ms += tookMs;
    return serverMs;
  };

  beforeEach(() => {
    ms = 1_000;
    clock = new ServerClock(() => ms);
  });

  it('runs on in whole milliseconds from a reading, which is taken to be of the middle of its round trip', async () => {
    await clock.read(answers(500_000.7, 10));
    expect(clock.now()).toBe(500_005);
    ms += 1_000;
    expect(clock.now()).toBe(501_005);
  });

  it('keeps the better of two readings, until it may have drifted further', async () => {
    await clock.read(answers(500_000, 10));
    await clock.read(answers(900_000, 400));
    expect(clock.now()).toBe(500_405);
    ms += 300_000;
    await clock.read(answers(900_000, 400));
    expect(clock.now()).toBe(900_200);
  });

  it('is as it was after a reading that failed', async () => {
    await clock.read(() => Promise.reject(new Error('lost')));
    expect([clock.isKnown, clock.isFresh]).toEqual([false, false]);
    expect(Math.abs(clock.now() - Date.now())).toBeLessThan(30_000); // this process's date, for want of a better one
    await clock.read(answers(500_000, 10));
    await clock.read(() => Promise.reject(new Error('lost')));
    expect([clock.isKnown, clock.isFresh, clock.now()]).toEqual([true, true, 500_005]);
    ms += 60_000;
    expect(clock.isFresh).toBe(false);
  });
});
