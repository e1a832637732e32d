import type { ExpectedReply } from '../saga-definition.js';
import type { SagaInput } from '../saga-input.js';
import { turnRound } from './compensate.js';
import type { Draft } from './draft.js';

type ReplyInput = Extract<SagaInput, { kind: 'reply' }>;

/** Why a saga is undone whose row is older than what participants have done, or gone. */
export const RECORD_LOST = 'RECORD_LOST';

/**
 * Whether an answer to a command that this row doesn't know proves that the row is older than the world: it tells of an
 * undoing, and a saga that goes forward has never asked for one. Believed only of a database that is known to be an older copy,
 * as the answer itself proves nothing; and only before the pivot, as nothing is undone behind it.
 */
export function provesOlderRow<Data>(
  draft: Draft<Data>,
  { phase, reply }: ExpectedReply<Data>,
  { data, isRestored }: ReplyInput,
): boolean {
  if (isRestored !== true || draft.status !== 'RUNNING' || draft.pivotPassed) return false;
  return phase === 'compensation' && reply.satisfies(draft.data, data);
}

/** Says that there may have been other questions: a success that comes later is undone, whatever command it names. */
const FORGOTTEN = { phase: 'compensation', commands: [] } as const;

/**
 * Turns the saga round again, as it had been. How far it had come before nobody knows, so every step before the pivot is undone,
 * also one that this row has not begun; a participant bears an undoing without its command, and one that it has done before.
 */
export function undoOlderRow<Data>(draft: Draft<Data>): void {
  const { steps } = draft.definition;
  const code = RECORD_LOST;
  const message = 'It was being undone when its record was lost, so it is undone';
  const failure = { step: draft.current?.name ?? draft.before.step, code, message };
  const pivot = steps.findIndex((step) => step.pivot);
  for (const step of pivot < 0 ? steps : steps.slice(0, pivot)) {
    const { status, startedAt, attempts, asked } = draft.state(step);
    if (status !== 'PENDING' && status !== 'RUNNING') continue;
    draft.change(step, {
      status: 'DONE',
      attempts: Math.max(attempts, 1),
      startedAt: startedAt ?? draft.now,
      endedAt: draft.now,
      awaiting: null,
      asked: asked.length > 0 ? asked : [FORGOTTEN],
    });
  }
  turnRound(draft, failure);
}
