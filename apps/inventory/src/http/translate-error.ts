import { ConflictError, NotFoundError } from '@waybill/http';
import type { ProblemError } from '@waybill/http';

import { StockLimitError, UnknownSkuError } from '../use-cases/stock.errors.js';

/** Which problem a client is told for an error of this service. */
export function translateError(error: unknown): ProblemError | undefined {
  if (error instanceof UnknownSkuError) return new NotFoundError(error.code, error.message, { cause: error });
  if (error instanceof StockLimitError) return new ConflictError(error.code, error.message, { cause: error });
  return undefined;
}
