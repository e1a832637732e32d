import type { Server } from 'node:http';

import type { NextFunction, Request, Response } from 'express';

import { ProblemError } from '../problem/problem.errors.js';

/** Lets a request with an `Expect` that Node doesn't know reach the application; Node alone answers a bare 417. */
export function takeExpectations(server: Server): void {
  server.on('checkExpectation', (request, response) => server.emit('request', request, response));
}

/** Middleware: 417 for any expectation but `100-continue`, which Node has met by now. */
export function refuseExpectations({ headers }: Request, _response: Response, next: NextFunction): void {
  const { expect } = headers;
  next(
    expect === undefined || /^100-continue$/i.test(expect)
      ? undefined
      : new ProblemError(417, 'EXPECTATION_FAILED', 'The only expectation that this service meets is 100-continue.'),
  );
}
