import type { NextFunction, Request, Response } from 'express';

import { ProblemError } from '../problem/problem.errors.js';
import { textFault } from './text-faults.js';

/**
 * Middleware: refuses a URL that doesn't decode (`/%`, `/%FF`) or hides a NUL, wherever in it that is, before a router
 * or a query parser makes something else of it.
 */
export function checkUrl(request: Request, _response: Response, next: NextFunction): void {
  next(request.url.includes('%') ? urlFault(request.url) : undefined);
}

function urlFault(url: string): ProblemError | undefined {
  let decoded: string;
  try {
    decoded = decodeURIComponent(url);
  } catch (cause) {
    return new ProblemError(400, 'MALFORMED_URL', 'The URL is not percent-encoded UTF-8.', { cause });
  }
  const fault = textFault(decoded);
  return fault && new ProblemError(400, fault.code, `The URL ${fault.message}.`);
}
