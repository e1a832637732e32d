import { types } from 'node:util';

import { inErrorsOf, KafkaError, saslRefusal, tlsRefusal } from '../kafka-errors.js';

/** The client's errors are trees, of attempts, of the parts of an answer, of causes; the first leaf that says something says it. */
export function toKafkaError(error: unknown): KafkaError {
  if (error instanceof KafkaError) return error;
  const all = [...treeOf(error)];
  const answered = all.find((one) => 'apiId' in one);
  const unknownTopic = all.find(({ message }) => message.startsWith('Unknown topic '));
  const authentication = all.find((one) => codeOf(one) === 'PLT_KFK_AUTHENTICATION');
  const isNetwork = all.some((one) => codeOf(one) === 'PLT_KFK_NETWORK' || /pool is closed/.test(one.message));
  const said = answered ?? unknownTopic ?? authentication ?? all.at(-1);
  return new KafkaError(messageOf(said), {
    type: unknownTopic ? 'UNKNOWN_TOPIC_OR_PARTITION' : typeOf(answered),
    isConnectionProblem: authentication !== undefined || (answered === undefined && isNetwork),
    refusal: authentication ? saslRefusal(new Error(messageOf(answered ?? authentication))) : firstOf(all, tlsRefusal),
    cause: error,
  });
}

/** Does something with the client, in our errors. */
export const inOurErrors = inErrorsOf(toKafkaError);

/** Which of several topics were refused, by the protocol's names. */
export function typesOf(error: unknown): readonly string[] {
  return [...treeOf(error)].flatMap((one) => typeOf(one) ?? []);
}

function* treeOf(error: unknown): Iterable<Error> {
  if (!types.isNativeError(error)) return;
  yield error;
  if ('errors' in error && Array.isArray(error.errors)) for (const one of error.errors) yield* treeOf(one);
  if (error.cause !== error) yield* treeOf(error.cause);
}

function firstOf<Found>(errors: readonly Error[], find: (error: Error) => Found | undefined): Found | undefined {
  for (const error of errors) {
    const found = find(error);
    if (found !== undefined) return found;
  }
  return undefined;
}

function codeOf(error: Error): unknown {
  return 'code' in error ? error.code : undefined;
}

function typeOf(error: Error | undefined): string | undefined {
  return error && 'apiId' in error && typeof error.apiId === 'string' ? error.apiId : undefined;
}

function messageOf(error: Error | undefined): string {
  if (error === undefined) return 'The client failed without an error';
  const told = 'serverErrorMessage' in error ? error.serverErrorMessage : null;
  return typeof told === 'string' && told !== '' ? told : error.message;
}
