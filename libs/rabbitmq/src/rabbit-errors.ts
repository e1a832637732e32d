export interface RabbitErrorTraits {
  /** AMQP's reply code (404 = not found), where the broker has answered. */
  readonly code?: number | undefined;
  /** The broker can't be reached, or the connection was lost; no topic is to blame. */
  readonly isConnectionProblem?: boolean;
  /** Why a connection won't come about however often it is tried: who we are isn't accepted, or who they are. */
  readonly refusal?: string | undefined;
  readonly cause?: unknown;
}

/** What went wrong between us and the broker. Never holds a URL, which could hold a password. */
export class RabbitError extends Error {
  override readonly name = 'RabbitError';
  readonly code: number | undefined;
  readonly isConnectionProblem: boolean;
  readonly refusal: string | undefined;

  constructor(message: string, { code, isConnectionProblem = false, refusal, cause }: RabbitErrorTraits) {
    super(message, { cause });
    this.code = code;
    this.isConnectionProblem = isConnectionProblem;
    this.refusal = refusal;
  }
}

const [ACCESS_REFUSED, NOT_FOUND, RESOURCE_LOCKED, PRECONDITION_FAILED, NOT_ALLOWED] = [403, 404, 405, 406, 530];

export function toRabbitError(error: unknown): RabbitError {
  if (error instanceof RabbitError) return error;
  const cause = isErrorLike(error) ? error : new Error(String(error));
  const code = 'code' in cause && typeof cause.code === 'number' ? cause.code : undefined;
  const refusal = refusalOf(cause, code);
  const isConnectionProblem = code === undefined || code === 320 || refusal !== undefined;
  return new RabbitError(refusal ?? cause.message, { code, isConnectionProblem, refusal, cause });
}

/** What isn't up yet is also called not found; creating it again would be wrong. */
export function isNotFound(error: unknown): boolean {
  return error instanceof RabbitError && error.code === NOT_FOUND && !/down or inaccessible/.test(error.message);
}

export function isLocked(error: unknown): boolean {
  return error instanceof RabbitError && error.code === RESOURCE_LOCKED;
}

/** The broker won't do this however often it is asked: by its permissions, or because what exists was declared otherwise. */
export function isRefusal(error: unknown): boolean {
  if (!(error instanceof RabbitError)) return false;
  if (error.code === PRECONDITION_FAILED) return /inequivalent|invalid|unknown|not supported/i.test(error.message);
  return error.code === ACCESS_REFUSED || error.code === NOT_ALLOWED;
}

/** The record is to blame, not its topic. */
export function isTooLarge(error: Error): boolean {
  return error instanceof RabbitError && error.code === PRECONDITION_FAILED && /message size/.test(error.message);
}

/** An error of Node's own isn't an instance of this realm's class where code runs in a context of its own, as in Jest. */
function isErrorLike(error: unknown): error is Error {
  return typeof error === 'object' && error !== null && 'message' in error && typeof error.message === 'string';
}

function refusalOf(error: Error, code: number | undefined): string | undefined {
  if (code === ACCESS_REFUSED && /login|handshake/i.test(error.message)) return 'the user name or password is refused';
  if (/Handshake terminated by server: 403/.test(error.message)) return 'the user name or password is refused';
  // The library doesn't tell why.
  const isVhost = code === NOT_ALLOWED || error.message.startsWith('Expected ConnectionOpenOk; got <ConnectionClose');
  if (isVhost) return "the vhost is refused: it isn't there, the user may not use it, or it takes no more connections";
  const tls = 'code' in error ? String(error.code) : '';
  return /CERT|SIGNATURE|^ERR_(SSL|TLS)|^EPROTO/.test(tls) ? `TLS fails: ${error.message} (${tls})` : undefined;
}
