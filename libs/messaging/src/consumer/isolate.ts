import { BatchFailure } from './batch-failure.js';
import type { Batch } from './batch.js';
import { suspectsAndFollowers } from './compose-batch.js';
import type { Delivery } from './delivery.js';
import type { Conclusion } from './outside-calls.js';

/** A batch that failed, taken apart. */
export interface Isolated {
  readonly suspects: readonly Delivery[];
  readonly concluded: readonly Conclusion[];
  /** The suspects and, of their keys, everything later. */
  readonly leaving: readonly Delivery[];
  /** What the batch is run again with. */
  readonly taken: readonly Delivery[];
  readonly conclusions: readonly Conclusion[];
}

/** Who may have made the batch fail: those that the error names, or all. */
export function isolate(batch: Batch, taken: readonly Delivery[], error: unknown): Isolated {
  const named = error instanceof BatchFailure ? new Set<unknown>(error.suspects) : undefined;
  const isSuspect = (item: unknown): boolean => named?.has(item) ?? true;
  const suspects = named
    ? [...batch.ready, ...batch.toPrepare].filter(isSuspect).map(({ delivery }) => delivery)
    : taken;
  const leaving = suspectsAndFollowers(taken, new Set(suspects));
  return {
    suspects,
    concluded: batch.conclusions.filter(isSuspect),
    leaving: taken.filter((delivery) => leaving.has(delivery)),
    taken: taken.filter((delivery) => !leaving.has(delivery)),
    conclusions: batch.conclusions.filter((conclusion) => !isSuspect(conclusion)),
  };
}

/** The one that is to blame; of several, each is to be tried alone. */
export function onlySuspect({ suspects, concluded }: Pick<Isolated, 'suspects' | 'concluded'>): Delivery | undefined {
  const all = [...suspects, ...concluded.map(({ delivery }) => delivery)];
  if (all.length === 1) return all[0];
  for (const delivery of all) delivery.alone = true;
  return undefined;
}
