import { inErrorsOf, KafkaError, saslRefusal, tlsRefusal } from '../kafka-errors.js';

/** kafkajs wraps the error that ended its retries; the first one of the chain says what went wrong. */
export function toKafkaError(error: unknown): KafkaError {
  const root = rootOf(error);
  const isSasl = root.name === 'KafkaJSSASLAuthenticationError';
  return new KafkaError(root.message, {
    type: 'type' in root && typeof root.type === 'string' ? root.type : undefined,
    isConnectionProblem:
      isSasl || /^KafkaJS(Connection|RequestTimeout|BrokerNotFound|NoBrokerAvailable)/.test(root.name),
    refusal: isSasl ? saslRefusal(root) : tlsRefusal(root),
    cause: error,
  });
}

/** Does something with kafkajs, in our errors. */
export const inOurErrors = inErrorsOf(toKafkaError);

function rootOf(error: unknown): Error {
  let root = error instanceof Error ? error : new Error(String(error));
  while (root.cause instanceof Error && root.cause !== root) root = root.cause;
  // What of several topics was refused is in a list; one that was there already is no news.
  const several: readonly unknown[] = 'errors' in root && Array.isArray(root.errors) ? root.errors : [];
  const [news] = several.filter(
    (one) => one instanceof Error && !('type' in one && one.type === 'TOPIC_ALREADY_EXISTS'),
  );
  return news instanceof Error ? news : root;
}
