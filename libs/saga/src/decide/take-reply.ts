import type { ExpectedReply, SagaReply, SagaStep } from '../saga-definition.js';
import type { SagaInput } from '../saga-input.js';
import type { StepState } from '../saga-instance.js';
import type { ReplyFault, SagaDecision } from '../saga-transition.js';
import { compensateNext, completeCompensation, refuseCompensation } from './compensate.js';
import type { Draft } from './draft.js';
import { mayHaveForgotten } from './question.js';
import { provesOlderRow, undoOlderRow } from './record-lost.js';
import { completeStep, refuseStep } from './run-steps.js';

type ReplyInput = Extract<SagaInput, { kind: 'reply' }>;

/**
 * Takes an answer if it is proven to be one, and its question is open: the step is waiting, and for the command that the
 * message answers. A duplicate, or an answer to an earlier undoing of a step that is being undone again, changes nothing.
 */
export function takeReply<Data>(draft: Draft<Data>, input: ReplyInput): SagaDecision<Data> {
  const expected = draft.definition.replies.get(input.contract);
  if (!expected) return draft.ignored();
  const fault = faultOf(draft, expected, input);
  if (fault === 'REPLY_TO_UNKNOWN_COMMAND' && provesOlderRow(draft, expected, input)) {
    undoOlderRow(draft);
    return draft.taken();
  }
  if (fault) return draft.unproven(fault);
  return expected.phase === 'forward'
    ? takeForwardReply(draft, expected, input)
    : takeCompensationReply(draft, expected, input);
}

/**
 * Why the message is no answer: it names no command, or one that this step hasn't sent in this phase, or says something
 * else than was asked for.
 *
 * Rows of before commands were kept know only the last one, and so, once a step is being undone, none of its forward ones.
 * There a success counts whatever command it names: it is undone (again), which is harmless, while a charge that nobody
 * undoes isn't. Everything else has to name a command that is known; where one isn't, the deadline sends another. Of a command that
 * was repeated very often, some repetitions aren't kept: an answer to one of these is no fault, and doesn't move the saga forward.
 */
function faultOf<Data>(
  draft: Draft<Data>,
  { step, phase, reply }: ExpectedReply<Data>,
  { data, answers }: ReplyInput,
): ReplyFault | undefined {
  if (answers === undefined) return 'REPLY_WITHOUT_CAUSE';
  const questions = draft.state(step).asked.filter((question) => question.phase === phase);
  const wasForgotten = phase === 'forward' && questions.length === 0 && draft.state(step).asked.length > 0;
  const question = questions.findLast((one) => one.commands.includes(answers) || mayHaveForgotten(one, answers));
  if (!question && !wasForgotten) return 'REPLY_TO_UNKNOWN_COMMAND';
  // What was asked for earlier may have been something else.
  const isCurrent = question === undefined || question === questions.at(-1);
  return isCurrent && !reply.satisfies(draft.data, data) ? 'REPLY_NOT_AS_ASKED' : undefined;
}

/**
 * The attempts of one question ask for the same thing, so its success settles all of them; a failure settles only the
 * attempt that it answers.
 */
function answersOpenQuestion({ asked, commandId }: StepState, outcome: 'done' | 'failed', answers?: string): boolean {
  return outcome === 'done' ? asked.at(-1)?.commands.includes(answers ?? '') === true : answers === commandId;
}

function takeForwardReply<Data>(
  draft: Draft<Data>,
  { step, reply }: ExpectedReply<Data>,
  { data, answers }: ReplyInput,
): SagaDecision<Data> {
  const { status, skipped, forced } = draft.state(step);
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
      if (forced) return leaveLateSuccess(draft, step, reply, data);
      return undoLateSuccess(draft, step, reply, data);
    case 'COMPENSATION_FAILED':
      if (skipped) return leaveLateSuccess(draft, step, reply, data);
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
  draft.change(step, { status: 'DONE', endedAt: draft.now, awaiting: null });
  draft.note({ kind: 'late-success', step: step.name });
  if (draft.status === 'COMPENSATED') {
    draft.status = 'COMPENSATING';
    draft.note({ kind: 'saga-reopened' });
  }
  compensateNext(draft);
  return draft.taken();
}

/** A person has settled what becomes of the effect: by hand, so that undoing it would do it twice, or by leaving it. It is told, no more. */
function leaveLateSuccess<Data>(
  draft: Draft<Data>,
  step: SagaStep<Data>,
  reply: SagaReply<Data>,
  data: unknown,
): SagaDecision<Data> {
  draft.data = reply.apply(draft.data, data);
  draft.note({ kind: 'late-success-left', step: step.name });
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
