import { childTraceparent, holdsCardNumber, newId, runWithContext } from '@waybill/observability';
import type { NextFunction, Request, Response } from 'express';

const CORRELATION_ID = /^[\w.:-]{1,128}$/;

/**
 * Middleware: gives the request its ids. A caller's `X-Correlation-Id` is kept if it is well-formed (a log line must not
 * be forged by a header) and no card number (it is kept with everything that follows from the request), else drawn; either way the answer names it.
 */
export function correlate(request: Request, response: Response, next: NextFunction): void {
  const given = request.headers['x-correlation-id'];
  const isKept = typeof given === 'string' && CORRELATION_ID.test(given) && !holdsCardNumber(given);
  const correlationId = isKept ? given : newId();
  response.setHeader('X-Correlation-Id', correlationId);
  const parent = request.headers['traceparent'];
  const traceparent = childTraceparent(typeof parent === 'string' ? parent : undefined);
  runWithContext({ correlationId, traceparent }, next);
}
