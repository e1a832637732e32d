import type { SagaDefinition, SagaReply, SagaStep } from '../saga-definition.js';
import type { SagaInput } from '../saga-input.js';
import type { StepState } from '../saga-instance.js';
import type { SagaDecision } from '../saga-transition.js';
import { compensateNext, completeCompensation, refuseCompensation } from './compensate.js';
import type { Draft } from './draft.js';
import { completeStep, refuseStep } from './run-steps.js';

interface ExpectedReply<Data> {
  readonly step: SagaStep<Data>;
  readonly phase: 'forward' | 'compensation';
  readonly reply: SagaReply<Data>;
}

/** Where the definition awaits a message of this name; each name is awaited in one place. */
export function expectedReply<Data>(
  definition: SagaDefinition<Data>,
  contract: string,
): ExpectedReply<Data> | undefined {
  for (const step of definition.steps) {
    const forward = step.replies.find((reply) => reply.contract.name === contract);
    if (forward) return { step, phase: 'forward', reply: forward };
    const compensation = step.compensation?.replies.find((reply) => reply.contract.name === contract);
    if (compensation) return { step, phase: 'compensation', reply: compensation };
  }
  return undefined;
}

type ReplyInput = Extract<SagaInput, { kind: 'reply' }>;

/**
 * Takes an answer if its question is open: the step is waiting, and for the command that the message answers. A duplicate,
 * or an answer to an earlier undoing of a step that is being undone again, changes nothing.
 */
export function takeReply<Data>(draft: Draft<Data>, input: ReplyInput): SagaDecision<Data> {
  const expected = expectedReply(draft.definition, input.contract);
  if (!expected) return draft.ignored();
  return expected.phase === 'forward'
    ? takeForwardReply(draft, expected, input)
    : takeCompensationReply(draft, expected, input);
}

/**
 * The attempts of one phase ask for the same thing, so its success settles all of them; a failure settles only the attempt
 * that it answers. Where either side's id is unknown (a row of before they were kept, a sender that names no cause), the
 * state has to do.
 */
function answersOpenQuestion({ sent, commandId }: StepState, outcome: 'done' | 'failed', answers?: string): boolean {
  if (answers === undefined || sent === undefined) return true;
  return outcome === 'done' ? sent.includes(answers) : answers === commandId;
}

function takeForwardReply<Data>(
  draft: Draft<Data>,
  { step, reply }: ExpectedReply<Data>,
  { data, answers }: ReplyInput,
): SagaDecision<Data> {
  const { status, skipped } = draft.state(step);
  if (draft.status === 'RUNNING') {
    if (status !== 'RUNNING') return draft.ignored();
    if (!answersOpenQuestion(draft.state(step), reply.outcome, answers)) return draft.ignored();
    draft.data = reply.apply(draft.data, data);
    if (reply.outcome === 'done') completeStep(draft, step);
    else refuseStep(draft, step, reply.error(data));
    return draft.taken();
  }
  // The saga has turned round. A failure is no news, but a success must not be lost.
  if (draft.status === 'COMPLETED' || reply.outcome === 'failed' || !step.compensation) return draft.ignored();
  switch (status) {
    case 'FAILED':
    case 'COMPENSATED':
      return undoLateSuccess(draft, step, reply, data);
    case 'COMPENSATION_FAILED':
      if (skipped) return undoLateSuccess(draft, step, reply, data);
      draft.data = reply.apply(draft.data, data);
      return draft.taken();
    case 'COMPENSATING':
      // The undoing command is on its way, behind the command that just succeeded; keep what the answer says.
      draft.data = reply.apply(draft.data, data);
      return draft.taken();
    case 'PENDING':
    case 'RUNNING':
    case 'DONE':
      break;
  }
  return draft.ignored();
}

function undoLateSuccess<Data>(
  draft: Draft<Data>,
  step: SagaStep<Data>,
  reply: SagaReply<Data>,
  data: unknown,
): SagaDecision<Data> {
  draft.data = reply.apply(draft.data, data);
  draft.change(step, { status: 'DONE', endedAt: draft.now, awaiting: null, skipped: false });
  draft.note({ kind: 'late-success', step: step.name });
  if (draft.status === 'COMPENSATED') {
    draft.status = 'COMPENSATING';
    draft.note({ kind: 'saga-reopened' });
  }
  compensateNext(draft);
  return draft.taken();
}

function takeCompensationReply<Data>(
  draft: Draft<Data>,
  { step, reply }: ExpectedReply<Data>,
  { data, answers }: ReplyInput,
): SagaDecision<Data> {
  const { status, skipped } = draft.state(step);
  if (!answersOpenQuestion(draft.state(step), reply.outcome, answers)) return draft.ignored();
  if (reply.outcome === 'done' && (status === 'COMPENSATING' || (status === 'COMPENSATION_FAILED' && !skipped))) {
    draft.data = reply.apply(draft.data, data);
    completeCompensation(draft, step);
    return draft.taken();
  }
  if (reply.outcome === 'failed' && status === 'COMPENSATING' && draft.state(step).awaiting === 'reply') {
    draft.data = reply.apply(draft.data, data);
    refuseCompensation(draft, step, reply.error(data));
    return draft.taken();
  }
  return draft.ignored();
}
