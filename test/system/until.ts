import { setTimeout as sleep } from 'node:timers/promises';

export interface UntilOptions {
  /** Milliseconds. @default 30000 */
  readonly timeoutMs?: number;
  readonly what: string;
  /** Added to the error when the time is up. */
  readonly detail?: () => string;
}

/** Waits until the condition holds, looking every 25 ms. @throws when the time is up, or whatever the condition throws. */
export async function until(
  condition: () => Promise<boolean> | boolean,
  { timeoutMs = 30_000, what, detail }: UntilOptions,
): Promise<void> {
  const deadline = Date.now() + timeoutMs;
  while (!(await condition())) {
    if (Date.now() > deadline)
      throw new Error(`Timed out after ${timeoutMs} ms waiting for ${what}\n${detail?.() ?? ''}`);
    await sleep(25);
  }
}
