import type { NextFunction, Request, Response } from 'express';

import { ProblemError } from '../problem/problem.errors.js';
import { requireToken } from './require-token.js';
import { isFromThisMachine } from './this-machine.js';

export interface AdminAccess {
  /** Demanded as `Authorization: Bearer <token>`; empty: only connections of this machine are answered. */
  readonly token: string;
  /** What is the operators' beside `/admin` and `/metrics`, as Express writes paths, with everything below them. @default none */
  readonly paths?: readonly string[];
}

/** The operators' in every service. */
export const OPERATORS_PATHS = ['/admin', '/metrics'];

type Middleware = (request: Request, response: Response, next: NextFunction) => void;

/** Middleware for what is the operators': with a token anyone who sends it, without one this machine alone. */
export function guardOperators({ token }: AdminAccess): Middleware {
  return token === '' ? requireThisMachine : requireToken(token);
}

/** Refuses (403) what doesn't come from this machine. */
function requireThisMachine(request: Request, _response: Response, next: NextFunction): void {
  const detail = 'Without ADMIN_TOKEN this answers connections of its own machine alone.';
  next(isFromThisMachine(request) ? undefined : new ProblemError(403, 'THIS_MACHINE_ONLY', detail));
}
