import { STATUS_CODES } from 'node:http';

import { HttpException, Injectable } from '@nestjs/common';
import type { CallHandler, ExecutionContext, NestInterceptor } from '@nestjs/common';
import { catchError } from 'rxjs';
import type { Observable } from 'rxjs';

import {
  InvalidPayloadError,
  LetterNotDeadError,
  LetterNotFoundError,
  LetterSupersededError,
  LetterWithoutContractError,
  ReplayRunNotFoundError,
} from '../dead-letter.errors.js';
import type { DeadLetterError } from '../dead-letter.errors.js';

const STATUS: Readonly<Record<DeadLetterError['code'], number>> = {
  INVALID_PAYLOAD: 422,
  LETTER_NOT_DEAD: 409,
  LETTER_NOT_FOUND: 404,
  LETTER_SUPERSEDED: 409,
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
  return [
    InvalidPayloadError,
    LetterNotDeadError,
    LetterNotFoundError,
    LetterSupersededError,
    LetterWithoutContractError,
    ReplayRunNotFoundError,
  ].some((known) => error instanceof known);
}

function answerTo(error: DeadLetterError): HttpException {
  const status = STATUS[error.code];
  const errors = error instanceof InvalidPayloadError ? { errors: fieldFaults(error) } : {};
  const problem = { type: 'about:blank', title: STATUS_CODES[status], status, code: error.code, detail: error.message };
  return new HttpException({ ...problem, ...errors }, status, { cause: error });
}

function fieldFaults({ faults }: InvalidPayloadError): readonly object[] {
  return faults.map(({ pointer, message }) => ({ pointer: `/payload${pointer}`, code: 'INVALID', message }));
}
