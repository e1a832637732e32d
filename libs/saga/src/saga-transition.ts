import type { CommandSpec } from './saga-definition.js';
import type { Phase, SagaFailure, SagaInstance, StepError } from './saga-instance.js';

interface OfStep {
  readonly step: string;
}

/** The message that carries a command. */
export interface SentCommand {
  readonly id: string;
  /** With its version: `payment.process.v1`. */
  readonly type: string;
}

/** A command was sent for a step, for the first time or again. */
interface Sending extends OfStep {
  readonly command: SentCommand;
  readonly attempts: number;
}

/**
 * What happened to a saga, in the order in which it happened. For the application's aggregate, read models and timeline.
 *
 * `saga-compensated` and `saga-compensation-failed` may come more than once for a saga: a late success reopens it.
 */
export type SagaTransition = { readonly at: number } & (
  | { readonly kind: 'saga-started' }
  /** Its row was lost and is there again, from the answers of participants. */
  | { readonly kind: 'saga-recovered'; readonly by: string; readonly reason: string }
  | (Sending & { readonly kind: 'step-started' })
  | (OfStep & { readonly kind: 'step-done' })
  | (OfStep & { readonly kind: 'step-failed'; readonly error: StepError })
  /** From here on nothing is undone. Comes just before the pivot step's `step-started`. */
  | (OfStep & { readonly kind: 'pivot-passed' })
  /** The saga turned round; `failure` says why. */
  | { readonly kind: 'compensation-started'; readonly failure: SagaFailure }
  | (Sending & { readonly kind: 'step-compensating' })
  | (OfStep & { readonly kind: 'step-compensated' })
  /** One attempt failed; it is tried again. */
  | (OfStep & { readonly kind: 'attempt-failed'; readonly error: StepError; readonly attempts: number })
  | (Sending & { readonly kind: 'command-resent' })
  | (OfStep & { readonly kind: 'step-compensation-failed'; readonly error: StepError })
  /** A step that was given up has taken effect after all, and is undone. */
  | (OfStep & { readonly kind: 'late-success' })
  /** A step whose undoing an operator forced or skipped has taken effect after all: nothing is sent, the operator's word stands. */
  | (OfStep & { readonly kind: 'late-success-left' })
  /** Its command is unpublished, so the deadline moves on, for as long as it is; told for the first time only. */
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
  readonly id: string;
  readonly step: string;
  readonly phase: Phase;
}

/** Why a message is no answer, whatever it says. */
export type ReplyFault = 'REPLY_WITHOUT_CAUSE' | 'REPLY_TO_UNKNOWN_COMMAND' | 'REPLY_NOT_AS_ASKED';

/**
 * `taken`: the instance changed. `ignored`: a duplicate, or an answer to a question that is no longer open; nothing
 * changed. `refused`: asked for by a person, and not possible in this state; nothing changed.
 */
export type Verdict = 'taken' | 'ignored' | 'refused';

export interface SagaDecision<Data = unknown> {
  readonly verdict: Verdict;
  readonly instance: SagaInstance<Data>;
  /** What is to be sent; one input causes one command or none. */
  readonly command?: SagaCommand;
  readonly transitions: readonly SagaTransition[];
  /** Of a reply that isn't one: it must not be taken for dealt with. Goes with `ignored`. */
  readonly fault?: ReplyFault;
}
