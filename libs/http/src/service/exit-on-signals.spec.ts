import { EventEmitter, once } from 'node:events';

import { createLogger } from '@waybill/observability';

import { exitOnSignals } from './exit-on-signals.js';

/** A process that says with which code it ended instead of ending. */
class FakeProcess extends EventEmitter {
  readonly ended: Promise<unknown[]> = once(this, 'ended');

  exit(code?: number | string | null): never {
    this.emit('ended', code);
    return undefined as never; // the real one doesn't return
  }
}

const logger = createLogger({ service: 'test', level: 'silent' });

const signalled = (close: () => Promise<void>, deadlineMs = 60_000): FakeProcess => {
  const fake = new FakeProcess();
  exitOnSignals(close, { logger, deadlineMs, process: fake as unknown as NodeJS.Process }); // has what is used of it
  fake.emit('SIGTERM', 'SIGTERM');
  return fake;
};

it('F61 ends with 0 when everything is closed, once, however often it is told', async () => {
  let closed = 0;
  const fake = signalled(async () => {
    closed += 1;
  });
  fake.emit('SIGINT', 'SIGINT');
  fake.emit('SIGTERM', 'SIGTERM');
  expect(await fake.ended).toEqual([0]);
  expect(closed).toBe(1);
});

it('ends with 1 when closing fails', async () => {
  expect(await signalled(() => Promise.reject(new Error('broken'))).ended).toEqual([1]);
});

it('F61 ends with 1 at the deadline, whatever hangs', async () => {
  expect(await signalled(() => new Promise(() => {}), 20).ended).toEqual([1]);
});
