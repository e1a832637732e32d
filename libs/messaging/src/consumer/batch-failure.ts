import type { Delivery } from './delivery.js';
import type { Conclusion } from './outside-calls.js';

/** What of a batch may have caused its failure: one = the culprit, several = unknown which. */
export interface Suspects {
  readonly deliveries: readonly Delivery[];
  readonly conclusions: readonly Conclusion[];
}

/** Rolls a batch back and says who is to blame. */
export class BatchFailure extends Error {
  constructor(
    readonly reason: unknown,
    readonly suspects: Suspects,
  ) {
    super('A batch was rolled back', { cause: reason });
  }
}

/** Runs one handler's part of a batch; what it throws is blamed on what it was given. */
export async function blaming<Result>(suspects: Partial<Suspects>, part: () => Promise<Result>): Promise<Result> {
  try {
    return await part();
  } catch (error) {
    if (error instanceof BatchFailure) throw error;
    throw new BatchFailure(error, { deliveries: [], conclusions: [], ...suspects });
  }
}
