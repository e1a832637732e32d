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

/** The brokers themselves can't be reached; no topic is to blame. */
export function isConnectionProblem(error: Error): boolean {
  return /^KafkaJS(Connection|RequestTimeout|ConnectionClosed|BrokerNotFound|NoBrokerAvailable)/.test(error.name);
}

function typeOf(error: Error): string {
  return 'type' in error && typeof error.type === 'string' ? error.type : '';
}
