import { createHash, timingSafeEqual } from 'node:crypto';

import type { NextFunction, Request, Response } from 'express';

import { ProblemError } from '../problem/problem.errors.js';

/**
 * Middleware: refuses (401) anyone who doesn't send `Authorization: Bearer <token>`. Hashes are compared, so that neither the
 * time that it takes nor its length tells anything about the token.
 */
export function requireToken(token: string): (request: Request, response: Response, next: NextFunction) => void {
  const wanted = digest(token);
  return ({ headers }, _response, next) => {
    const [, given] = /^Bearer +(\S+) *$/i.exec(headers.authorization ?? '') ?? [];
    next(given !== undefined && timingSafeEqual(digest(given), wanted) ? undefined : refusal());
  };
}

function refusal(): ProblemError {
  return new ProblemError(401, 'ADMIN_TOKEN_REQUIRED', 'This needs the header Authorization: Bearer <ADMIN_TOKEN>.', {
    headers: { 'WWW-Authenticate': 'Bearer realm="admin"' },
  });
}

function digest(token: string): Buffer {
  return createHash('sha256').update(token).digest();
}
