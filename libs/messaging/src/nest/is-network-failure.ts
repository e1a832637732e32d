import { types } from 'node:util';

/** As Node names faults of the system, and undici, its fetch, faults of a connection. */
const CODE = /^(?:E[A-Z]+|EAI_[A-Z]+|UND_ERR_[A-Z_]+)$/;
const MOST_CAUSES = 20;

/** Whether something couldn't be reached, whatever wraps that: what a guard or a pipe meets then is no refusal. */
export function isNetworkFailure(error: unknown): boolean {
  let next = error;
  for (let depth = 0; depth < MOST_CAUSES && types.isNativeError(next); depth += 1) {
    if ('code' in next && typeof next.code === 'string' && CODE.test(next.code)) return true;
    next = next.cause;
  }
  return false;
}
