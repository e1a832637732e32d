import type { ExpectedReply, SagaStep } from '../saga-definition.js';
import type { SagaInput } from '../saga-input.js';
import type { Question } from '../saga-instance.js';
import type { SagaDecision } from '../saga-transition.js';
import { turnRound } from './compensate.js';
import type { Draft } from './draft.js';
import { completeStep, startStep } from './run-steps.js';

type RecoverInput = Extract<SagaInput, { kind: 'recover' }>;
type Answer = RecoverInput['answers'][number];
type Known<Data> = Answer & { readonly expected: ExpectedReply<Data> };

/**
 * A saga whose row was lost, from the answers that are left. The pivot is passed (again) where they say that it had been reached:
 * - one of them answers the pivot or a step behind it, whose command is sent only once every step before it was done, so it proves
 *   those whose own answers are gone. What failed on the way there was repeated.
 * - or every step before the pivot took effect, and nothing failed.
 * In any other case, and wherever one of them says that something was being undone, every step may have taken effect, and all
 * are undone, whether anybody knows of them or not: a participant bears an undoing without its command.
 */
export function recover<Data>(draft: Draft<Data>, { answers, by, reason }: RecoverInput): SagaDecision<Data> {
  const { steps, replies } = draft.definition;
  if (draft.steps.some(({ status }) => status !== 'PENDING')) return draft.ignored();
  const pivot = steps.findIndex((step) => step.pivot);
  const undoable = pivot < 0 ? steps : steps.slice(0, pivot);
  const known = answers.flatMap((answer): Known<Data>[] => {
    const expected = replies.get(answer.contract);
    return expected ? [{ ...answer, expected }] : [];
  });
  draft.note({ kind: 'saga-recovered', by, reason });
  for (const { expected, data } of known) {
    if (expected.phase === 'forward') draft.data = expected.reply.apply(draft.data, data);
  }
  for (const step of undoable) {
    draft.change(step, {
      status: 'DONE',
      attempts: 1,
      startedAt: draft.now,
      endedAt: draft.now,
      asked: askedOf(step, known),
    });
  }
  const last = undoable.at(-1);
  const missing = undoable.find((step) => !known.some((answer) => isSuccess(draft, step, answer)));
  const allDone = last !== undefined && !missing && known.every(({ expected }) => expected.reply.outcome === 'done');
  const wasPassed = known.some(
    ({ expected, data }) => !undoable.includes(expected.step) && expected.reply.satisfies(draft.data, data),
  );
  if ((allDone || wasPassed) && known.every(({ expected }) => expected.phase === 'forward')) {
    const [next] = steps.slice(undoable.length);
    if (last) completeStep(draft, last);
    else if (next) startStep(draft, next);
    return draft.taken();
  }
  const step = (missing ?? last ?? steps[0])?.name ?? '';
  turnRound(draft, { step, code: 'RECORD_LOST', message: 'Its record was lost; whatever had been done is undone' });
  return draft.taken();
}

function isSuccess<Data>(draft: Draft<Data>, step: SagaStep<Data>, { expected, data }: Known<Data>): boolean {
  const { phase, reply } = expected;
  return expected.step === step && phase === 'forward' && reply.outcome === 'done' && reply.satisfies(draft.data, data);
}

/**
 * What was asked, as far as answers tell. The empty question says that there may have been others: a success that comes later is
 * undone, whatever command it names.
 */
function askedOf<Data>(step: SagaStep<Data>, known: readonly Known<Data>[]): readonly Question[] {
  const commands = known.flatMap(({ expected, answers }) =>
    expected.step === step && expected.phase === 'forward' && answers !== undefined ? [answers] : [],
  );
  const forgotten = { phase: 'compensation', commands: [] } as const;
  return commands.length > 0 ? [{ phase: 'forward', commands: [...new Set(commands)] }] : [forgotten];
}
