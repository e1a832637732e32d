import * as fc from 'fast-check';

import type { Ending } from './scripts.js';

/** What may happen to a service; keys are small numbers, so that much happens to each. */
export type Step =
  | { readonly kind: 'publish'; readonly key: number; readonly script: readonly Ending[] }
  /** A message that was published is published once more, as a producer does that heard no answer. */
  | { readonly kind: 'publish-again'; readonly place: number }
  /** All lanes are reassigned and delivered from what is acknowledged on, whatever is in hand. */
  | { readonly kind: 'rebalance' }
  /** A third member takes lanes, acknowledges nothing and is gone: lanes change hands twice. */
  | { readonly kind: 'member-lost' }
  /** The process that runs a held message has lost its claim, while the handler is busy. */
  | { readonly kind: 'claims-lost' }
  | { readonly kind: 'replay'; readonly limit: number; readonly clicks: 1 | 2 }
  | { readonly kind: 'edit' }
  | { readonly kind: 'discard'; readonly state: 'dead' | 'retrying' }
  /** Time for the service: all lanes are empty. */
  | { readonly kind: 'consumed' };

const ending = fc.oneof(
  { weight: 6, arbitrary: fc.constant<Ending>('fail') },
  { weight: 3, arbitrary: fc.constant<Ending>('poison') },
  { weight: 3, arbitrary: fc.constant<Ending>('slow') },
  { weight: 1, arbitrary: fc.constant<Ending>('cut') },
);

const script = fc.oneof(
  { weight: 3, arbitrary: fc.constant<Ending[]>([]) },
  { weight: 4, arbitrary: fc.array(ending, { minLength: 1, maxLength: 6 }) },
);

const step = (keys: number): fc.Arbitrary<Step> =>
  fc.oneof(
    { weight: 12, arbitrary: fc.record({ kind: fc.constant('publish' as const), key: fc.nat(keys - 1), script }) },
    { weight: 2, arbitrary: fc.record({ kind: fc.constant('publish-again' as const), place: fc.nat(1_000) }) },
    { weight: 2, arbitrary: fc.constant<Step>({ kind: 'rebalance' }) },
    { weight: 1, arbitrary: fc.constant<Step>({ kind: 'member-lost' }) },
    { weight: 2, arbitrary: fc.constant<Step>({ kind: 'claims-lost' }) },
    {
      weight: 4,
      arbitrary: fc.record({
        kind: fc.constant('replay' as const),
        limit: fc.integer({ min: 1, max: 5 }),
        clicks: fc.constantFrom(1 as const, 2 as const),
      }),
    },
    { weight: 1, arbitrary: fc.constant<Step>({ kind: 'edit' }) },
    {
      weight: 1,
      arbitrary: fc.record({
        kind: fc.constant('discard' as const),
        state: fc.constantFrom('dead' as const, 'retrying' as const),
      }),
    },
    { weight: 2, arbitrary: fc.constant<Step>({ kind: 'consumed' }) },
  );

/** A life of a service with these keys. */
export const life = (keys: number): fc.Arbitrary<Step[]> => fc.array(step(keys), { minLength: 30, maxLength: 90 });
