import { applyDecorators, createParamDecorator, SetMetadata, UseInterceptors } from '@nestjs/common';
import type { ExecutionContext } from '@nestjs/common';
import type { Transaction } from '@waybill/database';
import type { Request } from 'express';

import { IdempotencyInterceptor } from './idempotency.interceptor.js';
import { IDEMPOTENT } from './idempotent-options.js';
import type { IdempotentOptions } from './idempotent-options.js';
import { transactionOf } from './request-transaction.js';

/**
 * Makes a handler idempotent by the `Idempotency-Key` header (IETF draft): the first answer is kept, in the transaction of
 * the handler's own writes, and given again, byte for byte with status and headers, to anyone who repeats the request. The
 * handler does its writes in the transaction that {@link RequestTransaction} gives it; it has one without a key, too.
 * What the handler throws is not kept: the same key may try again.
 */
export function Idempotent(options: IdempotentOptions = {}): MethodDecorator {
  return applyDecorators(SetMetadata(IDEMPOTENT, options), UseInterceptors(IdempotencyInterceptor));
}

/** The transaction of an {@link Idempotent} handler. It commits after the handler, before the answer is sent. */
export const RequestTransaction = createParamDecorator((_data: unknown, context: ExecutionContext): Transaction => {
  return transactionOf(context.switchToHttp().getRequest<Request>());
});
