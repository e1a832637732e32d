import { applyDecorators, createParamDecorator, SetMetadata, UseInterceptors } from '@nestjs/common';
import type { ExecutionContext } from '@nestjs/common';
import { ApiExtension, ApiHeader } from '@nestjs/swagger';
import type { Transaction } from '@waybill/database';
import type { Request } from 'express';

import { IdempotencyInterceptor } from './idempotency.interceptor.js';
import { IDEMPOTENT } from './idempotent-options.js';
import type { IdempotentOptions } from './idempotent-options.js';
import { transactionOf } from './request-transaction.js';

const KEY = {
  name: 'Idempotency-Key',
  required: false,
  description: '1 to 255 visible ASCII characters. The same key again: done once, answered again',
  example: '6f1c0f0e-3b1a-4c55-9a3d-0a1b2c3d4e5f',
};

const PROBLEMS = {
  400: { IDEMPOTENCY_KEY_INVALID: 'The Idempotency-Key is not 1 to 255 visible ASCII characters, given once' },
  409: { IDEMPOTENCY_KEY_IN_FLIGHT: 'A request with this Idempotency-Key has not ended; ask again for its answer' },
  422: { IDEMPOTENCY_KEY_REUSED: 'The Idempotency-Key was used for a request with another body or query' },
  503: { OUTCOME_UNKNOWN: 'Done or not; the same Idempotency-Key again finds out' },
};

/**
 * Makes a handler idempotent by the `Idempotency-Key` header (IETF draft): the first answer is kept, in the transaction of
 * the handler's own writes, and given again, byte for byte with status and headers, to anyone who repeats the request. The
 * handler does its writes in the transaction that {@link RequestTransaction} gives it; it has one without a key, too.
 * What the handler throws is not kept: the same key may try again.
 */
export function Idempotent(options: IdempotentOptions = {}): MethodDecorator {
  return applyDecorators(
    SetMetadata(IDEMPOTENT, options),
    UseInterceptors(IdempotencyInterceptor),
    ApiHeader(KEY),
    ApiExtension('x-problems-idempotency', PROBLEMS),
  );
}

/** The transaction of an {@link Idempotent} handler. It commits after the handler, before the answer is sent. */
export const RequestTransaction = createParamDecorator((_data: unknown, context: ExecutionContext): Transaction => {
  return transactionOf(context.switchToHttp().getRequest<Request>());
});
