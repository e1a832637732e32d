import type { Runnable } from './handler-waves.js';

/** Rolls a transaction back and says what may have caused it: one item = the culprit, several = unknown which. */
export class BatchFailure extends Error {
  constructor(
    readonly reason: unknown,
    readonly suspects: readonly Runnable[],
  ) {
    super('A batch was rolled back', { cause: reason });
  }
}

/** Runs one handler's part of a batch; what it throws is blamed on what it was given. */
export async function blaming<Result>(suspects: readonly Runnable[], part: () => Promise<Result>): Promise<Result> {
  try {
    return await part();
  } catch (error) {
    if (error instanceof BatchFailure) throw error;
    throw new BatchFailure(error, suspects);
  }
}
