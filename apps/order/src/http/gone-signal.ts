import type { Response } from 'express';

/** A reason of its own spares the stack trace of a DOMException for each answer. */
const GONE = new Error('The client has its answer, or has gone');

/**
 * Aborts when the answer's connection ends, so nobody waits on behalf of a client that has gone; also where the answer
 * was still behind others on it, which `@waybill/http` closes and Node's `closed` doesn't know of.
 */
export function goneSignal(response: Response): AbortSignal {
  const gone = new AbortController();
  if (response.destroyed) gone.abort(GONE);
  else response.once('close', () => gone.abort(GONE));
  return gone.signal;
}
