import type { DataFault } from '@waybill/messaging';

/** There is no held message of this id in the service's group; it may have been swept. */
export class LetterNotFoundError extends Error {
  readonly code = 'LETTER_NOT_FOUND';

  constructor(id: string) {
    super(`There is no letter ${id.slice(0, 40)} here.`);
  }
}

export class ReplayRunNotFoundError extends Error {
  readonly code = 'REPLAY_RUN_NOT_FOUND';

  constructor(run: string) {
    super(`There is no replay run ${run}.`);
  }
}

/** Only a dead letter can be edited: anything else has ended, or is about to run. */
export class LetterNotDeadError extends Error {
  readonly code = 'LETTER_NOT_DEAD';

  constructor(id: string, state: string) {
    super(`Letter ${id} isn't dead but ${state}.`);
  }
}

/** What these letters ask for has been undone since; running them now would do it again. */
export class LetterSupersededError extends Error {
  readonly code = 'LETTER_SUPERSEDED';

  constructor(ids: readonly string[]) {
    const one = ids.length === 1;
    const named = `${one ? 'Letter' : 'Letters'} ${ids.slice(0, 20).join(', ')}${ids.length > 20 ? ', …' : ''}`;
    super(`${named} can't be replayed: a later message has undone what ${one ? 'it asks' : 'they ask'} for.`);
  }
}

/** Nothing here handles the letter's type, so nobody can say whether a payload would fit. */
export class LetterWithoutContractError extends Error {
  readonly code = 'LETTER_WITHOUT_CONTRACT';

  constructor(id: string) {
    super(`Nothing here handles the type of letter ${id}, so it can't be edited; discard it, or deploy its handler.`);
  }
}

/**
 * The letter is of a version that this service doesn't read: whatever was put in its place would be another message, in
 * a version that the sender didn't choose.
 */
export class LetterVersionUnknownError extends Error {
  readonly code = 'LETTER_VERSION_UNKNOWN';

  constructor(id: string, type: string | null, known: string) {
    super(
      `Letter ${id} is ${type ?? 'of no type'}, and this service reads ${known}: deploy what reads it, or discard it.`,
    );
  }
}

/**
 * The letter is of an older version, and its edit becomes a message of today's: its editor has to say so, as the new payload is checked as
 * one of that.
 */
export class LetterVersionChangesError extends Error {
  readonly code = 'LETTER_VERSION_CHANGES';

  constructor(
    id: string,
    type: string | null,
    /** What the edit becomes. */
    readonly becomes: string,
    as: string | undefined,
  ) {
    super(
      as === undefined
        ? `Letter ${id} is ${type ?? 'of no type'}, which is written as ${becomes} by now: the new payload has to be one of that. Say so by "as".`
        : `The edit is said to be ${as.slice(0, 100)}, and letter ${id} becomes ${becomes}.`,
    );
  }
}

/** The edited payload doesn't fit the contract, or is about something else than the letter. */
export class InvalidPayloadError extends Error {
  readonly code = 'INVALID_PAYLOAD';

  constructor(
    type: string,
    readonly faults: readonly DataFault[],
    options?: ErrorOptions,
  ) {
    super(`The payload doesn't fit ${type}; see errors.`, options);
  }
}

export type DeadLetterError =
  | InvalidPayloadError
  | LetterNotDeadError
  | LetterNotFoundError
  | LetterSupersededError
  | LetterVersionChangesError
  | LetterVersionUnknownError
  | LetterWithoutContractError
  | ReplayRunNotFoundError;
