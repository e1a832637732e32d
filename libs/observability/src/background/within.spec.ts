import { getEventListeners } from 'node:events';

import { unlessOver } from './within.js';

const never = new Promise<string>(() => {});

describe('waiting for work unless it is over', () => {
  it('gives what the work gives or throws, and leaves no listener and no timer behind', async () => {
    jest.useFakeTimers();
    try {
      const { signal } = new AbortController();
      expect(await unlessOver(Promise.resolve('done'), { timeoutMs: 60_000, signals: [signal] })).toBe('done');
      const failed = Promise.reject(new Error('away'));
      await expect(unlessOver(failed, { timeoutMs: 60_000, signals: [signal] })).rejects.toThrow('away');
      expect(getEventListeners(signal, 'abort')).toEqual([]);
      expect(jest.getTimerCount()).toBe(0);
    } finally {
      jest.useRealTimers();
    }
  });

  it('gives it up when the time is up, or any signal is aborted, also before it began', async () => {
    const [first, second] = [new AbortController(), new AbortController()];
    const signals = [first.signal, second.signal];
    expect(await unlessOver(never, { timeoutMs: 1, signals })).toBeUndefined();
    const waiting = unlessOver(never, { signals });
    second.abort();
    expect(await waiting).toBeUndefined();
    expect(await unlessOver(never, { signals })).toBeUndefined();
    expect(signals.map((signal) => getEventListeners(signal, 'abort').length)).toEqual([0, 0]);
  });
});
