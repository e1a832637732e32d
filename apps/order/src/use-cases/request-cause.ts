import type { Cause } from '@waybill/messaging';
import { currentContext, newId } from '@waybill/observability';

/** The HTTP request in hand, as what it causes names it. */
export function requestCause(): Cause {
  const id = newId();
  const context = currentContext();
  return {
    id,
    correlationId: context?.correlationId ?? id,
    ...(context?.traceparent === undefined ? {} : { traceparent: context.traceparent }),
  };
}
