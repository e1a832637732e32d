import { setTimeout as sleep } from 'node:timers/promises';

import { restartBackoff, type RestartBackoff } from './restart-backoff.js';

export interface Server {
  /** Resolves to how it ended, asked or not. */
  readonly exited: Promise<string>;
  stop(): Promise<void>;
}

/** Told that a server ended, or couldn't be started again, and when the next start is tried. */
export type OnLost = (how: string, delayMs: number) => void;

/**
 * Starts a server again, with backoff, whenever it ends without being asked to.
 * @param running started already: a first start that fails is for the caller to deal with
 * @param start must bring it up at the same address
 */
export function keepRunning(
  running: Server,
  start: () => Promise<Server>,
  onLost: OnLost,
  backoff: RestartBackoff = restartBackoff(),
): Pick<Server, 'stop'> {
  const stopping = new AbortController();
  let current = running;

  const watch = async (): Promise<void> => {
    let startedAt = performance.now();
    let how = await current.exited;
    while (!stopping.signal.aborted) {
      const delayMs = backoff.next(performance.now() - startedAt);
      onLost(how, delayMs);
      await sleep(delayMs, undefined, { signal: stopping.signal }).catch(() => undefined);
      if (stopping.signal.aborted) return;
      startedAt = performance.now();
      try {
        current = await start();
        if (stopping.signal.aborted) await current.stop();
        how = await current.exited;
      } catch (error) {
        how = `could not be started again: ${error instanceof Error ? error.message : String(error)}`;
      }
    }
  };
  const watching = watch();

  return {
    async stop() {
      stopping.abort();
      await current.stop();
      await watching;
    },
  };
}
