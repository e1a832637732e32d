import type { ReplyFault } from './saga-transition.js';

/** The table of a saga doesn't hold together; the message lists every fault. */
export class InvalidSagaDefinitionError extends Error {
  readonly code = 'INVALID_SAGA_DEFINITION';

  constructor(saga: string, faults: readonly string[]) {
    super(`Saga ${saga} can't be used:\n${faults.map((fault) => `  - ${fault}`).join('\n')}`);
  }
}

/** Instances are in flight whose definition this build no longer has, or doesn't have yet: a later release has started them. */
export class UnknownSagaVersionError extends Error {
  readonly code = 'UNKNOWN_SAGA_VERSION';

  /** @param isOfLaterRelease all of these versions are later than any that is registered: another replica may know them */
  constructor(
    missing: readonly string[],
    readonly isOfLaterRelease = false,
  ) {
    super(
      `Sagas in flight need definitions that aren't registered: ${missing.join(', ')}. ` +
        'Register these versions beside the others until their instances have ended.',
    );
  }
}

/** The reason of letters that answer a saga which isn't there: what is left of it when its row is lost. */
export const REPLY_TO_UNKNOWN_SAGA = 'REPLY_TO_UNKNOWN_SAGA';

/**
 * A message isn't an answer to anything that this saga has asked: nothing moves, and no retry can change that. Its code
 * is the reason of the dead letter.
 */
export class ReplyRefusedError extends Error {
  constructor(
    readonly code: ReplyFault | typeof REPLY_TO_UNKNOWN_SAGA,
    type: string,
    id: string | null,
  ) {
    super(`${type} for ${id ?? 'nobody'} ${WHY[code]}`);
    this.name = ReplyRefusedError.name;
  }
}

const WHY: Readonly<Record<ReplyRefusedError['code'], string>> = {
  REPLY_WITHOUT_CAUSE: 'names no command that it answers; its ce_causationid must be the id of one',
  REPLY_TO_UNKNOWN_COMMAND:
    'answers a command that was not sent for this step; was it made by hand, or by another system?',
  REPLY_NOT_AS_ASKED: 'says something other than what was asked for; compare it with the command that it answers',
  REPLY_TO_UNKNOWN_SAGA: 'belongs to no saga of this service; was its database lost, or restored?',
};

/**
 * An answer would lead past the pivot while an older copy of the database still reads again what may say that the saga was undone, or
 * nobody knows yet whether it is one; then it may also be the answer that says so.
 */
export class RestorationUnderWayError extends Error {
  readonly code = 'RESTORATION_UNDER_WAY';

  constructor(type: string, id: string | null) {
    super(`${type} for ${id ?? 'nobody'} waits until everything that the database has forgotten has been read again`);
    this.name = RestorationUnderWayError.name;
  }
}

/** An operator's action doesn't fit the state of the saga. */
export class SagaActionRefusedError extends Error {
  readonly code = 'SAGA_ACTION_REFUSED';

  constructor(action: string, saga: string, id: string, status: string) {
    super(`Can't ${action} saga ${saga} of ${id}: it is ${status}`);
  }
}

/** No instance with this name and id. */
export class SagaNotFoundError extends Error {
  readonly code = 'SAGA_NOT_FOUND';

  constructor(saga: string, id: string) {
    super(`There is no saga ${saga} of ${id}`);
  }
}

/** A saga that is there isn't recovered from what is left of it. */
export class SagaExistsError extends Error {
  readonly code = 'SAGA_EXISTS';

  constructor(saga: string, id: string) {
    super(`Saga ${saga} of ${id} exists; there is nothing to recover`);
  }
}
