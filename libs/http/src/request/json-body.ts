import { isUtf8 } from 'node:buffer';
import type { IncomingMessage, ServerResponse } from 'node:http';

import type { NestExpressApplication } from '@nestjs/platform-express';
import type { NextFunction, Request, Response } from 'express';

import { ProblemError, ValidationError } from '../problem/problem.errors.js';
import { bodyFaults } from './text-faults.js';

const JSON_TYPE = /^\s*application\/(?:[\w!#$&^.-]+\+)?json\s*(?:;|$)/i;

/** Bodies are JSON in UTF-8 up to `limitBytes`; anything else is refused before a handler sees it. */
export function acceptJsonBodies(app: NestExpressApplication, limitBytes: number): void {
  app.use(refuseOtherMediaTypes);
  // `verify` is body-parser's option; Nest hands it on and leaves it out of its type.
  const parser = { limit: limitBytes, strict: false, type: () => true, verify: refuseOtherEncodings };
  app.useBodyParser('json', parser);
  app.use(refuseUnstorableBodies);
}

function refuseOtherMediaTypes({ headers }: Request, _response: Response, next: NextFunction): void {
  const hasBody = headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0;
  next(
    hasBody && !JSON_TYPE.test(headers['content-type'] ?? '')
      ? new ProblemError(415, 'UNSUPPORTED_MEDIA_TYPE', 'The body must be application/json.')
      : undefined,
  );
}

/** The parser would turn broken UTF-8 into replacement characters, which nobody sent. */
function refuseOtherEncodings(_request: IncomingMessage, _response: ServerResponse, body: Buffer, encoding: string) {
  if (encoding !== 'utf-8') throw Object.assign(new Error('Not UTF-8'), { status: 415, type: 'charset.unsupported' });
  if (!isUtf8(body)) throw Object.assign(new Error('Broken UTF-8'), { status: 400 });
}

function refuseUnstorableBodies(request: Request, _response: Response, next: NextFunction): void {
  const faults = bodyFaults(request.body);
  next(faults.length > 0 ? new ValidationError(faults) : undefined);
}
