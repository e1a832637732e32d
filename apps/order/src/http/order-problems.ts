import { HttpException } from '@nestjs/common';
import { ConflictError, NotFoundError, UnprocessableError } from '@waybill/http';
import type { ProblemError } from '@waybill/http';
import { SagaActionRefusedError, SagaNotFoundError } from '@waybill/saga';

import {
  AmountTooLargeError,
  CurrencyMismatchError,
  OrderEndedError,
  UnknownSkuError,
} from '../domain/order.errors.js';
import { OrderNotFoundError } from '../use-cases/order-not-found.error.js';

/** The one place that says which answer an error of this service is; an ambiguous commit has had its own by then. */
export function orderProblem(error: unknown): ProblemError | undefined {
  if (error instanceof HttpException) return undefined; // has its answer, whatever caused it
  if (error instanceof OrderNotFoundError) return new NotFoundError(error.code, error.message);
  if (error instanceof SagaNotFoundError) return new NotFoundError(error.code, error.message);
  if (error instanceof SagaActionRefusedError) return new ConflictError(error.code, error.message);
  if (error instanceof OrderEndedError) return new ConflictError(error.code, error.message);
  if (error instanceof UnknownSkuError) {
    const errors = error.lines.map((line) => ({
      pointer: `/items/${line}/sku`,
      code: error.code,
      message: 'is not in the catalogue',
    }));
    return new UnprocessableError(error.code, error.message, { errors });
  }
  if (error instanceof AmountTooLargeError || error instanceof CurrencyMismatchError) {
    return new UnprocessableError(error.code, error.message);
  }
  return undefined;
}
