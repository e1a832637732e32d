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
