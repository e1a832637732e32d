import { RebuildRefusedError, UnknownProjectionError } from '@waybill/event-store';
import { ConflictError, NotFoundError, ProblemError, UnavailableError, UnprocessableError } from '@waybill/http';
import { SagaActionRefusedError, SagaExistsError, SagaNotFoundError, UnknownSagaVersionError } from '@waybill/saga';

import {
  AmountTooLargeError,
  CurrencyMismatchError,
  OrderEndedError,
  UnknownSkuError,
} from '../domain/order.errors.js';
import { AuditNamesCustomerError } from '../use-cases/audit-names-customer.error.js';
import { NoOrphanedRepliesError } from '../use-cases/no-orphaned-replies.error.js';
import { OrderNotFoundError } from '../use-cases/order-not-found.error.js';
import { OrdersInUseError } from '../use-cases/orders-in-use.error.js';
import type { OrderInUse } from '../use-cases/orders-in-use.error.js';
import { PositionUnknownError, ProjectionBehindError } from '../use-cases/projection-position.errors.js';
import { WaitEndedError } from '../use-cases/wait-ended.error.js';

const BECAUSE: Readonly<Record<OrderInUse['because'], string>> = {
  NOT_ENDED: 'has not ended',
  LETTER_OPEN: 'has a letter in the order service that is still to be handled',
  UNPUBLISHED: 'has a message that is not published yet',
};

/** Of what moves a saga, for the description of the API. */
export const OTHER_RELEASE = {
  UNKNOWN_SAGA_VERSION:
    'A later release, which this replica does not know, has started it: ask again after Retry-After',
};

/** Which answer an error of this service's own is; a database that is away, or whose COMMIT is unknown, has one in libs/http. */
export function orderProblem(error: unknown): ProblemError | undefined {
  if (error instanceof OrderNotFoundError) return new NotFoundError(error.code, error.message);
  if (error instanceof SagaNotFoundError) return new NotFoundError(error.code, error.message);
  if (error instanceof NoOrphanedRepliesError) return new NotFoundError(error.code, error.message);
  if (error instanceof SagaExistsError) return new ConflictError(error.code, error.message);
  if (error instanceof SagaActionRefusedError) return new ConflictError(error.code, error.message);
  if (error instanceof UnknownSagaVersionError) {
    const detail =
      'A later release is being rolled out, and this replica does not know how it fulfils the order: ask again';
    return new UnavailableError(error.code, detail);
  }
  if (error instanceof OrderEndedError) return new ConflictError(error.code, error.message);
  if (error instanceof AuditNamesCustomerError) return new UnprocessableError(error.code, error.message);
  if (error instanceof OrdersInUseError) {
    const errors = error.orders.map(({ orderId, because }) => ({
      pointer: '',
      code: because,
      message: `order ${orderId} ${BECAUSE[because]}`,
    }));
    return new ConflictError(error.code, error.message, { errors });
  }
  if (error instanceof UnknownProjectionError) return new NotFoundError(error.code, error.message);
  if (error instanceof RebuildRefusedError) return new ConflictError(error.code, error.message);
  if (error instanceof PositionUnknownError) return new ProblemError(412, error.code, error.message);
  if (error instanceof ProjectionBehindError) return new UnavailableError(error.code, error.message);
  if (error instanceof WaitEndedError) return new UnavailableError(error.code, error.message);
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
