import { STATUS_CODES } from 'node:http';

import { HttpException, Injectable } from '@nestjs/common';
import type { CallHandler, ExecutionContext, NestInterceptor } from '@nestjs/common';
import { catchError } from 'rxjs';
import type { Observable } from 'rxjs';

import { InvalidPayloadError, LetterVersionChangesError, LetterVersionUnknownError } from '../dead-letter.errors.js';
import type { DeadLetterError } from '../dead-letter.errors.js';

const STATUS: Readonly<Record<DeadLetterError['code'], number>> = {
  INVALID_PAYLOAD: 422,
  LETTER_NOT_DEAD: 409,
  LETTER_NOT_FOUND: 404,
  LETTER_SUPERSEDED: 409,
  LETTER_VERSION_CHANGES: 422,
  LETTER_VERSION_UNKNOWN: 422,
  LETTER_WITHOUT_CONTRACT: 422,
  REPLAY_RUN_NOT_FOUND: 404,
};

/** Turns this lib's errors into HTTP answers with problem details (RFC 9457) as their body. */
@Injectable()
export class AnswerErrors implements NestInterceptor {
  intercept(_context: ExecutionContext, next: CallHandler): Observable<unknown> {
    return next.handle().pipe(
      catchError((error: unknown) => {
        throw isDeadLetterError(error) ? answerTo(error) : error;
      }),
    );
  }
}

function isDeadLetterError(error: unknown): error is DeadLetterError {
  return error instanceof Error && 'code' in error && Object.hasOwn(STATUS, String(error.code));
}

function answerTo(error: DeadLetterError): HttpException {
  const status = STATUS[error.code];
  const errors = fieldFaults(error);
  const problem = { type: 'about:blank', title: STATUS_CODES[status], status, code: error.code, detail: error.message };
  return new HttpException({ ...problem, ...(errors.length === 0 ? {} : { errors }) }, status, { cause: error });
}

function fieldFaults(error: DeadLetterError): readonly object[] {
  if (error instanceof LetterVersionUnknownError) {
    return [{ pointer: '/type', code: 'UNKNOWN_VERSION', message: 'is of a version that this service does not read' }];
  }
  if (error instanceof LetterVersionChangesError) {
    return [{ pointer: '/as', code: 'NOT_ALLOWED', message: `must be ${error.becomes}` }];
  }
  const faults = error instanceof InvalidPayloadError ? error.faults : [];
  return faults.map(({ pointer, message }) => ({ pointer: `/payload${pointer}`, code: 'INVALID', message }));
}
