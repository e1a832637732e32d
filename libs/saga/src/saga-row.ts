import { frozen } from './frozen.js';
import type { Phase, Question, SagaFailure, SagaInstance, SagaStatus, StepState } from './saga-instance.js';

/**
 * Older builds kept no commands but the last one, then (in `sent`) those of the question in hand. They may run beside this
 * one while it is rolled out, and then add to what this one has written.
 */
type StoredStep = Omit<StepState, 'asked'> & {
  readonly asked?: readonly Question[];
  readonly sent?: readonly string[];
};

/** A row of saga_instance as the statements of sql/ select it. */
export interface SagaRow {
  readonly id: string;
  readonly saga: string;
  readonly version: number;
  readonly status: SagaStatus;
  readonly step: string;
  readonly steps: readonly StoredStep[];
  readonly data: unknown;
  readonly failure: SagaFailure | null;
  readonly revision: number;
  readonly correlation_id: string | null;
  readonly traceparent: string | null;
  readonly deadline_at: number | null;
  readonly created_at: number;
  readonly updated_at: number;
}

export function fromRow(row: SagaRow): SagaInstance {
  return {
    saga: row.saga,
    id: row.id,
    version: row.version,
    status: row.status,
    step: row.step,
    steps: row.steps.map(fromStored),
    data: frozen(row.data),
    deadlineAt: row.deadline_at === null ? null : Math.round(row.deadline_at),
    revision: row.revision,
    createdAt: Math.round(row.created_at),
    updatedAt: Math.round(row.updated_at),
    ...(row.failure !== null && { failure: row.failure }),
    ...(row.correlation_id !== null && { correlationId: row.correlation_id }),
    ...(row.traceparent !== null && { traceparent: row.traceparent }),
  };
}

function fromStored(step: StoredStep): StepState {
  return isOfThisBuild(step) ? step : lifted(step);
}

function isOfThisBuild(step: StoredStep): step is StepState {
  const { asked, commandId, sent } = step;
  if (asked === undefined || sent !== undefined) return false;
  return commandId === undefined || asked.some(({ commands }) => commands.includes(commandId));
}

function lifted({ sent, asked = [], ...state }: StoredStep): StepState {
  const commands = sent ?? (state.commandId === undefined ? [] : [state.commandId]);
  const unknown = commands.filter((id) => !asked.some((question) => question.commands.includes(id)));
  if (unknown.length === 0) return { ...state, asked };
  const phase = phaseOf(state);
  const last = asked.at(-1);
  const repeats = last?.phase === phase && (sent === undefined || unknown.length < sent.length);
  return repeats
    ? { ...state, asked: [...asked.slice(0, -1), { ...last, commands: [...last.commands, ...unknown] }] }
    : { ...state, asked: [...asked, { phase, commands: unknown }] };
}

function phaseOf({ status }: Pick<StepState, 'status'>): Phase {
  return status === 'COMPENSATING' || status === 'COMPENSATED' || status === 'COMPENSATION_FAILED'
    ? 'compensation'
    : 'forward';
}
