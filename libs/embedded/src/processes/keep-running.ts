import { setTimeout as sleep } from 'node:timers/promises';

import { restartBackoff, type RestartBackoff } from './restart-backoff.js';

export interface Server {
  /** Resolves to how it ended, asked or not. */
  readonly exited: Promise<string>;
  stop(): Promise<void>;
}

/** Ends an absence: resolves once the server runs again. Repeatable. */
export type BringBack = () => Promise<void>;

export interface KeptServer extends Pick<Server, 'stop'> {
  /** Stops the server, and leaves it stopped until it is brought back. */
  takeAway(): Promise<BringBack>;
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
): KeptServer {
  const stopping = new AbortController();
  let current = running;
  let absence: Promise<void> | undefined;
  let tellStarted = (): void => {};

  const watch = async (): Promise<void> => {
    let startedAt = performance.now();
    let how = await current.exited;
    while (!stopping.signal.aborted) {
      if (absence === undefined) {
        const delayMs = backoff.next(performance.now() - startedAt);
        onLost(how, delayMs);
        await sleep(delayMs, undefined, { signal: stopping.signal }).catch(() => undefined);
      }
      await absence;
      if (stopping.signal.aborted) return;
      startedAt = performance.now();
      try {
        current = await start();
        if (stopping.signal.aborted) await current.stop();
        tellStarted();
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
      tellStarted(); // nobody waits for it any more
    },

    async takeAway() {
      let end = (): void => {};
      absence = new Promise<void>((resolve) => {
        end = resolve;
      });
      stopping.signal.addEventListener('abort', end);
      await current.stop();
      let back: Promise<void> | undefined;
      return () => {
        back ??= new Promise<void>((resolve) => {
          tellStarted = resolve;
        });
        absence = undefined;
        end();
        return back;
      };
    },
  };
}
