import { askPayloadStore } from './ask-payload-store.js';
import { PayloadStoreUnavailable } from './messaging.errors.js';

describe('asking the payload store', () => {
  afterEach(() => jest.useRealTimers());

  it('gives what it answers, and keeps no timer', async () => {
    jest.useFakeTimers();
    expect(await askPayloadStore(async () => 'payload')).toBe('payload');
    expect(jest.getTimerCount()).toBe(0);
  });

  it.each([
    ['rejects', () => Promise.reject(new Error('the disk is full'))],
    [
      'throws at once',
      () => {
        throw new Error('the disk is full');
      },
    ],
  ])('takes a store that %s for out of reach, with the reason', async (_, ask) => {
    const asking = askPayloadStore(ask);
    await expect(asking).rejects.toBeInstanceOf(PayloadStoreUnavailable);
    await expect(asking).rejects.toMatchObject({ message: expect.stringContaining('the disk is full') });
  });

  it('takes a store that gives no answer within 30 s for out of reach', async () => {
    jest.useFakeTimers();
    const asking = askPayloadStore(() => new Promise(() => {})).catch((error: unknown) => error);
    await jest.advanceTimersByTimeAsync(30_000);
    expect(await asking).toBeInstanceOf(PayloadStoreUnavailable);
    expect(await asking).toHaveProperty('message', expect.stringContaining('No answer within 30000 ms'));
  });
});
