import type { Cause } from '@waybill/messaging';
import { currentContext } from '@waybill/observability';
import { v7 as uuidv7 } from 'uuid';

/** The HTTP request in hand, as what it causes names it. */
export function requestCause(): Cause {
  const id = uuidv7();
  const context = currentContext();
  return {
    id,
    correlationId: context?.correlationId ?? id,
    ...(context?.traceparent === undefined ? {} : { traceparent: context.traceparent }),
  };
}
