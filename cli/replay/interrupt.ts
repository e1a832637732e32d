import { setTimeout as sleep } from 'node:timers/promises';

/** npm may pass on the very Ctrl-C that the terminal has sent to us as well. */
const ECHO_MS = 1000;

export interface Interrupt {
  readonly signal: AbortSignal;
  /** Ends early at Ctrl-C. */
  sleep(ms: number): Promise<void>;
}

/**
 * The first Ctrl-C (or SIGTERM) asks for an orderly end; a second one ends at once, after the last words.
 * @param lastWords e.g. how to resume
 */
export async function interruptible<T>(
  told: { readonly first: () => void; readonly lastWords: () => void },
  work: (interrupt: Interrupt) => Promise<T>,
): Promise<T> {
  const controller = new AbortController();
  const { signal } = controller;
  let firstAtMs: number | undefined;
  const onSignal = (): void => {
    const now = performance.now();
    if (firstAtMs === undefined) {
      firstAtMs = now;
      told.first();
      controller.abort();
    } else if (now - firstAtMs > ECHO_MS) {
      told.lastWords();
      process.exit(1);
    }
  };
  process.on('SIGINT', onSignal).on('SIGTERM', onSignal);
  try {
    return await work({ signal, sleep: (ms) => sleep(ms, undefined, { signal }).catch(() => undefined) });
  } finally {
    process.off('SIGINT', onSignal).off('SIGTERM', onSignal);
  }
}
