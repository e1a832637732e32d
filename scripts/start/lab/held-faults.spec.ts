import { type Fault, HeldFaults } from './held-faults.js';

/** A fault that tells what becomes of it. */
class Glass implements Fault {
  readonly name = 'glass';
  readonly choices = { which: ['left', 'right'] };
  isBroken = false;
  strike = (): void => {};
  /** Thrown by the next ends. */
  failures: Error[] = [];

  begin(_: unknown, struck: () => void) {
    this.isBroken = true;
    this.strike = struck;
    return () => {
      const failure = this.failures.shift();
      if (failure !== undefined) throw failure;
      this.isBroken = false;
    };
  }
}

const LEFT = { which: 'left' };

describe('a fault of the lab', () => {
  let glass: Glass;
  let faults: HeldFaults;

  beforeEach(() => {
    jest.useFakeTimers();
    jest.spyOn(process.stdout, 'write').mockReturnValue(true);
    glass = new Glass();
    faults = new HeldFaults([
      glass,
      { name: 'bell', choices: {}, unavailable: 'There is no bell.', begin: () => () => {} },
    ]);
  });
  afterEach(() => {
    jest.useRealTimers();
    jest.restoreAllMocks();
  });

  const state = () => faults.list().find(({ name }) => name === 'glass');

  it('ends by itself when its time is up, and says what it is and what it did', async () => {
    await faults.begin('glass', LEFT, 10);
    glass.strike();
    expect(state()).toMatchObject({ active: { settings: LEFT }, did: 1 });
    await jest.advanceTimersByTimeAsync(9_999);
    expect(glass.isBroken).toBe(true);
    await jest.advanceTimersByTimeAsync(1);
    expect(glass.isBroken).toBe(false);
    expect(state()).toMatchObject({ active: null, did: 1 });
  });

  it('ends at once when it is told to, and only once', async () => {
    await faults.begin('glass', LEFT, 120);
    await Promise.all([faults.end('glass'), faults.end('glass')]);
    expect([glass.isBroken, state()?.active]).toEqual([false, null]);
    await faults.begin('glass', LEFT, 120); // the timer of the first doesn't end the second
    await jest.advanceTimersByTimeAsync(60_000);
    expect(glass.isBroken).toBe(true);
  });

  it('is active until it is whole again, also where its end fails at first', async () => {
    glass.failures = [new Error('the port is taken')];
    await faults.begin('glass', LEFT, 10);
    await jest.advanceTimersByTimeAsync(10_500);
    expect(state()?.active).not.toBeNull();
    await jest.advanceTimersByTimeAsync(600);
    expect([glass.isBroken, state()?.active]).toEqual([false, null]);
  });

  it.each([
    ['for longer than two minutes', 'glass', LEFT, 121, 'A fault is held for 10 to 120 seconds, got 121'],
    ['for less than ten seconds', 'glass', LEFT, 9, 'A fault is held for 10 to 120 seconds, got 9'],
    ['for no time', 'glass', LEFT, Number.NaN, 'got NaN'],
    ['with another setting', 'glass', { which: 'both' }, 10, 'which must be one of left, right, got both'],
    ['that is not there', 'door', {}, 10, 'There is no fault door'],
    ['that can not be had', 'bell', LEFT, 10, 'There is no bell.'],
  ])('is not held %s', async (_, name, settings, seconds, message) => {
    await expect(faults.begin(name, settings, seconds)).rejects.toThrow(message);
    expect([glass.isBroken, state()?.active]).toEqual([false, null]);
  });

  it('is held once at a time', async () => {
    await faults.begin('glass', LEFT, 10);
    await expect(faults.begin('glass', LEFT, 10)).rejects.toThrow('glass is active already: end it first');
  });

  it('that can not begin is not active', async () => {
    glass.begin = () => {
      throw new Error('too heavy');
    };
    await expect(faults.begin('glass', LEFT, 10)).rejects.toThrow('too heavy');
    expect(state()?.active).toBeNull();
  });

  it('is whole when everything stops, and none begins any more', async () => {
    await faults.begin('glass', LEFT, 120);
    await faults.stop();
    expect(glass.isBroken).toBe(false);
    await expect(faults.begin('glass', LEFT, 10)).rejects.toThrow('Everything is being stopped');
  });
});
