import { JetStreamApiError } from '@nats-io/jetstream';
import { RequestError } from '@nats-io/transport-node';

/** JetStream's own numbers; server/errors.json of nats-server lists them. */
const CODES = {
  messageNotFound: 10_037,
  streamNotFound: 10_059,
  wrongLastSequence: 10_071,
  wrongLastSequenceUnknown: 10_164,
  messageTooLarge: 10_054,
  nameInUse: 10_058,
} as const;

function codeOf(error: unknown): number | undefined {
  if (error instanceof JetStreamApiError) return error.code;
  return error instanceof Error && error.cause !== undefined ? codeOf(error.cause) : undefined;
}

/** Nobody answers on the subject: no stream takes it, its leader is just being chosen, or JetStream is off. */
export function isNobodyThere(error: unknown): boolean {
  if (error instanceof RequestError && error.isNoResponders()) return true;
  return error instanceof Error && error.cause !== undefined && isNobodyThere(error.cause);
}

export function isMissing(error: unknown): boolean {
  const code = codeOf(error);
  return code === CODES.messageNotFound || code === CODES.streamNotFound;
}

export function isStreamMissing(error: unknown): boolean {
  return codeOf(error) === CODES.streamNotFound;
}

/** Somebody else has written in between. */
export function isOvertaken(error: unknown): boolean {
  const code = codeOf(error);
  return code === CODES.wrongLastSequence || code === CODES.wrongLastSequenceUnknown;
}

export function isNameInUse(error: unknown): boolean {
  return codeOf(error) === CODES.nameInUse;
}

/** The record is to blame, not its topic: as the servers are configured, it will never be taken. */
export function isTooLarge(error: unknown): boolean {
  return codeOf(error) === CODES.messageTooLarge;
}

/** JetStream has answered, and no waiting changes that answer. */
export function isRefusal(error: unknown): boolean {
  if (!(error instanceof JetStreamApiError)) return false;
  // 503: not enough servers or room now; the others say that what was asked for can't be.
  return error.status >= 400 && error.status < 500;
}

export function toError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error));
}
