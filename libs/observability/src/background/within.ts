/** What was waited for didn't end in time. It may still be under way. */
export class TimedOutError extends Error {
  readonly code = 'TIMED_OUT';
  override readonly name = 'TimedOutError';

  constructor(timeoutMs: number) {
    super(`No answer within ${timeoutMs} ms`);
  }
}

/** Waits for the work, but no longer than `timeoutMs`. @returns whether it has ended. @throws what the work throws in time. */
export async function endsWithin(timeoutMs: number, work: Promise<unknown>): Promise<boolean> {
  try {
    await within(timeoutMs, work);
    return true;
  } catch (error) {
    if (error instanceof TimedOutError) return false;
    throw error;
  }
}

/** Waits for the work, but no longer than `timeoutMs`. @throws TimedOutError, or what the work throws in time. */
export async function within<Result>(timeoutMs: number, work: Promise<Result>): Promise<Result> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new TimedOutError(timeoutMs)), timeoutMs);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}

/**
 * Waits for the work until the time is up or a signal is aborted. Work that was given up continues; if it fails then, nobody is told.
 * @returns what the work gives; `undefined`: it was given up. @throws what the work throws in time.
 */
export function unlessOver<Result>(
  work: Promise<Result>,
  limits: { readonly timeoutMs?: number | undefined; readonly signals: readonly AbortSignal[] },
): Promise<Result | undefined> {
  const { timeoutMs, signals } = limits;
  return new Promise((resolve, reject) => {
    const settle = (): void => {
      clearTimeout(timer);
      for (const signal of signals) signal.removeEventListener('abort', giveUp);
    };
    const giveUp = (): void => {
      settle();
      resolve(undefined);
    };
    const timer = timeoutMs === undefined ? undefined : setTimeout(giveUp, timeoutMs);
    for (const signal of signals) signal.addEventListener('abort', giveUp, { once: true });
    work.finally(settle).then(resolve, reject);
    if (signals.some(({ aborted }) => aborted)) giveUp(); // their listeners are never called
  });
}
