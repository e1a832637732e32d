import type { CommandSpec } from './saga-definition.js';
import type { SagaFailure, SagaInstance, StepError } from './saga-instance.js';

interface OfStep {
  readonly step: string;
}

/**
 * What happened to a saga, in the order in which it happened. For the application's aggregate, read models and timeline.
 *
 * `saga-compensated` and `saga-compensation-failed` may come more than once for a saga: a late success reopens it.
 */
export type SagaTransition = { readonly at: number } & (
  | { readonly kind: 'saga-started' }
  | (OfStep & { readonly kind: 'step-started' })
  | (OfStep & { readonly kind: 'step-done' })
  | (OfStep & { readonly kind: 'step-failed'; readonly error: StepError })
  /** From here on nothing is undone. Comes just before the pivot step's `step-started`. */
  | (OfStep & { readonly kind: 'pivot-passed' })
  /** The saga turned round; `failure` says why. */
  | { readonly kind: 'compensation-started'; readonly failure: SagaFailure }
  | (OfStep & { readonly kind: 'step-compensating' })
  | (OfStep & { readonly kind: 'step-compensated' })
  /** One attempt failed; it is tried again. */
  | (OfStep & { readonly kind: 'attempt-failed'; readonly error: StepError; readonly attempts: number })
  | (OfStep & { readonly kind: 'command-resent'; readonly attempts: number })
  | (OfStep & { readonly kind: 'step-compensation-failed'; readonly error: StepError })
  /** A step that was given up has taken effect after all, and is undone. */
  | (OfStep & { readonly kind: 'late-success' })
  | (OfStep & { readonly kind: 'deadline-postponed'; readonly deadlineAt: number })
  | (OfStep & {
      readonly kind: 'operated';
      readonly action: string;
      readonly by: string;
      readonly reason: string;
    })
  | { readonly kind: 'saga-completed' }
  | { readonly kind: 'saga-compensated' }
  /** Needs a person: alert. */
  | (OfStep & { readonly kind: 'saga-compensation-failed'; readonly error: StepError })
  | { readonly kind: 'saga-reopened' }
);

export interface SagaCommand extends CommandSpec {
  readonly step: string;
  readonly phase: 'forward' | 'compensation';
}

/**
 * `taken`: the instance changed. `ignored`: a duplicate, or an answer to a question that is no longer open; nothing
 * changed. `refused`: asked for by a person, and not possible in this state; nothing changed.
 */
export type Verdict = 'taken' | 'ignored' | 'refused';

export interface SagaDecision<Data = unknown> {
  readonly verdict: Verdict;
  readonly instance: SagaInstance<Data>;
  readonly commands: readonly SagaCommand[];
  readonly transitions: readonly SagaTransition[];
}
