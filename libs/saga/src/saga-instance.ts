/**
 * RUNNING → COMPLETED, or RUNNING → COMPENSATING → COMPENSATED | COMPENSATION_FAILED.
 * COMPENSATION_FAILED waits for an operator (or a late answer) and goes back to COMPENSATING; COMPENSATED is left only
 * when a step turns out to have taken effect after all.
 */
export type SagaStatus = 'RUNNING' | 'COMPLETED' | 'COMPENSATING' | 'COMPENSATED' | 'COMPENSATION_FAILED';

/** PENDING → RUNNING → DONE | FAILED; whatever may have taken effect → COMPENSATING → COMPENSATED | COMPENSATION_FAILED. */
export type StepStatus =
  | 'PENDING'
  | 'RUNNING'
  | 'DONE'
  | 'FAILED'
  | 'COMPENSATING'
  | 'COMPENSATED'
  | 'COMPENSATION_FAILED';

export interface StepError {
  readonly code: string;
  readonly message: string;
}

/** Going forward, or undoing. */
export type Phase = 'forward' | 'compensation';

/** One thing asked of a participant: a command, and its repetitions. An answer names the command that it is for. */
export interface Question {
  readonly phase: Phase;
  /** In the order in which they were sent; of very many, the first and the last ones. */
  readonly commands: readonly string[];
  /** Commands between the first and the last ones aren't kept any more. */
  readonly forgotten?: boolean;
}

/** All times are milliseconds since 1970. */
export interface StepState {
  readonly name: string;
  readonly status: StepStatus;
  /** How often the command of the current phase (forward, or undoing) was sent. */
  readonly attempts: number;
  readonly startedAt: number | null;
  readonly endedAt: number | null;
  readonly error?: StepError;
  /** What the deadline is for: an answer that may not come, or the pause before the command is sent again. */
  readonly awaiting: 'reply' | 'retry' | null;
  /** Its command is unpublished, so its deadline moves on; told once. */
  readonly postponed?: boolean;
  /** Id of the last command sent for this step. */
  readonly commandId?: string;
  /** What was asked for this step so far; the last question is the one that is open, or was closed last. */
  readonly asked: readonly Question[];
  /** An operator decided to leave this step's effect in place. */
  readonly skipped?: boolean;
  /** An operator vouched that this step's effect is gone, undone by hand. */
  readonly forced?: boolean;
}

/** Why a saga is being undone. */
export interface SagaFailure extends StepError {
  readonly step: string;
}

/** The whole state of one running process: one row. */
export interface SagaInstance<Data = unknown> {
  /** The definition's name. */
  readonly saga: string;
  /** The id of what it is about (an order); also the key of its commands. */
  readonly id: string;
  /** The definition's version that it was started with, and finishes with. */
  readonly version: number;
  readonly status: SagaStatus;
  /** The step that something is awaited for; the last one once ended. */
  readonly step: string;
  readonly steps: readonly StepState[];
  readonly data: Data;
  readonly failure?: SagaFailure;
  /** Milliseconds since 1970; `null` once ended. */
  readonly deadlineAt: number | null;
  /** Grows by one with every saved change. */
  readonly revision: number;
  readonly correlationId?: string;
  readonly traceparent?: string;
  readonly createdAt: number;
  readonly updatedAt: number;
}

export interface SagaRef {
  readonly saga: string;
  readonly id: string;
}
