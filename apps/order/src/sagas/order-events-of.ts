import type { SagaTransition } from '@waybill/saga';

import type { OrderEvent } from '../domain/order.events.js';
import { endUndone, failFulfilment, fulfil } from '../domain/order.js';
import type { Order } from '../domain/order.js';

/** Whether a transition of fulfilment means something to the order itself. */
export function concernsOrder({ kind }: SagaTransition): boolean {
  return kind === 'compensation-started' || kind === 'pivot-passed' || kind === 'saga-compensated';
}

/** What a transition of fulfilment makes of the order. A cancellation has already changed the order. */
export function orderEventsOf(order: Order, transition: SagaTransition): readonly OrderEvent[] {
  const at = new Date(transition.at).toISOString();
  if (transition.kind === 'compensation-started') return failFulfilment(order, transition.failure, at);
  if (transition.kind === 'pivot-passed') return fulfil(order, at);
  return transition.kind === 'saga-compensated' ? endUndone(order, at) : [];
}
