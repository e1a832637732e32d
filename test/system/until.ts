import { setTimeout as sleep } from 'node:timers/promises';

export interface UntilOptions {
  /** Milliseconds. @default 30000 */
  readonly timeoutMs?: number;
  readonly what: string;
  /** Added to the error when the time is up. */
  readonly detail?: () => string;
}

const SHORTEST_PAUSE_MS = 25;
const LONGEST_PAUSE_MS = 250;

/**
 * Waits until the condition holds, looking again after a tenth of the time that it has waited, since each look takes processor time of
 * what it waits for. @throws when the time is up, or whatever the condition throws.
 */
export async function until(
  condition: () => Promise<boolean> | boolean,
  { timeoutMs = 30_000, what, detail }: UntilOptions,
): Promise<void> {
  const start = Date.now();
  while (!(await condition())) {
    const waitedMs = Date.now() - start;
    if (waitedMs > timeoutMs)
      throw new Error(`Timed out after ${timeoutMs} ms waiting for ${what}\n${detail?.() ?? ''}`);
    await sleep(Math.min(Math.max(waitedMs / 10, SHORTEST_PAUSE_MS), LONGEST_PAUSE_MS));
  }
}
