/** kafkajs wraps the error that ended its retries; the first one of the chain says what went wrong. */
export function rootOf(error: unknown): Error {
  let root = error instanceof Error ? error : new Error(String(error));
  while (root.cause instanceof Error && root.cause !== root) root = root.cause;
  return root;
}

const NEVER = new Set(['MESSAGE_TOO_LARGE', 'RECORD_LIST_TOO_LARGE', 'INVALID_RECORD', 'INVALID_TIMESTAMP']);

/** The record is to blame, not its topic: as the broker is configured, it will never be taken. */
export function wouldNeverBeTaken(error: Error): boolean {
  return NEVER.has(typeOf(error));
}

export function isTooLarge(error: Error): boolean {
  return /^(MESSAGE|RECORD_LIST)_TOO_LARGE$/.test(typeOf(error));
}

/** The brokers themselves can't be reached, or refuse this client; no topic is to blame. */
export function isConnectionProblem(error: Error): boolean {
  return /^KafkaJS(Connection|RequestTimeout|ConnectionClosed|BrokerNotFound|NoBrokerAvailable|SASL)/.test(error.name);
}

/** Why a connection won't come about however often it is tried: who we are isn't accepted, or who they are. */
export function refusalOf(error: Error): string | undefined {
  if (error.name === 'KafkaJSSASLAuthenticationError') return `the user name or password is refused: ${error.message}`;
  const code = 'code' in error ? String(error.code) : '';
  return /CERT|SIGNATURE|^ERR_(SSL|TLS)|^EPROTO/.test(code) ? `TLS fails: ${error.message} (${code})` : undefined;
}

function typeOf(error: Error): string {
  return 'type' in error && typeof error.type === 'string' ? error.type : '';
}
