export interface KafkaErrorTraits {
  /** The protocol's name of what a broker has answered (`MESSAGE_TOO_LARGE`), where one has. */
  readonly type?: string | undefined;
  /** The brokers themselves can't be reached, or refuse this client; no topic is to blame. */
  readonly isConnectionProblem?: boolean;
  /** Why a connection won't come about however often it is tried: who we are isn't accepted, or who they are. */
  readonly refusal?: string | undefined;
  readonly cause: unknown;
}

/** What went wrong, said the same way whichever client has met it. */
export class KafkaError extends Error {
  override readonly name = 'KafkaError';
  readonly type: string;
  readonly isConnectionProblem: boolean;
  readonly refusal: string | undefined;

  constructor(message: string, { type = '', isConnectionProblem = false, refusal, cause }: KafkaErrorTraits) {
    super(message, { cause });
    this.type = type;
    this.isConnectionProblem = isConnectionProblem;
    this.refusal = refusal;
  }
}

/** Does something with a client, in our errors. @param toKafkaError says what the client's mean */
export function inErrorsOf(toKafkaError: (error: unknown) => KafkaError) {
  return async <Result>(work: () => Promise<Result>): Promise<Result> => {
    try {
      return await work();
    } catch (error) {
      throw toKafkaError(error);
    }
  };
}

const TOO_LARGE = ['MESSAGE_TOO_LARGE', 'RECORD_LIST_TOO_LARGE'];
const NEVER = new Set([...TOO_LARGE, 'INVALID_RECORD', 'INVALID_TIMESTAMP']);

/** The record is to blame, not its topic: as the broker is configured, it will never be taken. */
export function wouldNeverBeTaken(error: Error): boolean {
  return error instanceof KafkaError && NEVER.has(error.type);
}

export function isTooLarge(error: Error): boolean {
  return error instanceof KafkaError && TOO_LARGE.includes(error.type);
}

/** Says of TLS that fails why; other connections may come about the next time. */
export function tlsRefusal(error: Error): string | undefined {
  const code = 'code' in error ? String(error.code) : '';
  return /CERT|SIGNATURE|^ERR_(SSL|TLS)|^EPROTO/.test(code) ? `TLS fails: ${error.message} (${code})` : undefined;
}

export function saslRefusal(error: Error): string {
  return `the user name or password is refused: ${error.message}`;
}
