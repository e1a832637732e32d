const MISSING = new Set([
  'QueueDoesNotExist',
  'AWS.SimpleQueueService.NonExistentQueue',
  'NotFound',
  'NotFoundException',
  'ResourceNotFoundException',
]);
const THERE = new Set(['QueueNameExists', 'QueueAlreadyExists', 'QueueDeletedRecently']);
const LATER = /throttl|TooManyRequests|RequestLimit|OverLimit|QueueDeletedRecently|RequestExpired|Clock/i;

function nameOf(error: unknown): string {
  return typeof error === 'object' && error !== null && 'name' in error ? String(error.name) : '';
}

function statusOf(error: unknown): number | undefined {
  if (typeof error !== 'object' || error === null || !('$metadata' in error)) return undefined;
  const { $metadata: metadata } = error as { readonly $metadata?: { readonly httpStatusCode?: unknown } };
  return typeof metadata?.httpStatusCode === 'number' ? metadata.httpStatusCode : undefined;
}

/** There is no such queue or topic. */
export function isMissing(error: unknown): boolean {
  return MISSING.has(nameOf(error)) || (error instanceof Error && error.cause !== undefined && isMissing(error.cause));
}

/** It exists, with other attributes than those that it would have been given. */
export function isThere(error: unknown): boolean {
  return THERE.has(nameOf(error));
}

/** AWS has answered, and no waiting changes that answer. */
export function isRefusal(error: unknown): boolean {
  const status = statusOf(error);
  return status !== undefined && status >= 400 && status < 500 && status !== 429 && !LATER.test(nameOf(error));
}

/** Keeps what AWS calls it. */
export function toError(error: unknown): Error {
  if (!(error instanceof Error)) return new Error(String(error));
  const name = nameOf(error);
  return name === 'Error' || error.message.includes(name)
    ? error
    : new Error(`${name}: ${error.message}`, { cause: error });
}
