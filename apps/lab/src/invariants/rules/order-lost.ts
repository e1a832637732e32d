import type { OrderFacts } from '../facts.js';

/** What the order service says of itself. */
export interface OrderServiceFacts {
  /** A process of it is alive: its relay renews its lease. */
  readonly isRunning: boolean;
  /** Its alert says that deadlines are held, as their answers haven't been read. */
  readonly tellsOfHeldDeadlines: boolean;
}

/** How long a deadline may be over before someone has to have said why: its alert comes after 60 s. */
export const DEADLINE_GRACE_MS = 180_000;

const ENDS: Readonly<Record<string, readonly string[]>> = {
  COMPLETED: ['FULFILLED'],
  COMPENSATED: ['REJECTED', 'CANCELLED'],
};

/** Every order has a fulfilment, which has ended as the order has, or is awaited, or is held for a reason that was told. */
export function lostOrder(order: OrderFacts, service: OrderServiceFacts): string | undefined {
  const { status, saga } = order;
  if (saga === undefined) return `It is ${status}, and has no saga: nothing will ever fulfil it.`;
  const ends = ENDS[saga.status];
  if (ends !== undefined) {
    return ends.includes(status) ? undefined : `Its saga is ${saga.status}, and the order ${status}.`;
  }
  if (saga.status === 'COMPENSATION_FAILED') return undefined; // waits for an operator, and an alert says so
  if (saga.overdueMs === null)
    return `Its saga is ${saga.status} at ${saga.step}, and has no deadline: nothing will ever wake it.`;
  if (saga.overdueMs <= DEADLINE_GRACE_MS || !service.isRunning || service.tellsOfHeldDeadlines) return undefined;
  const seconds = Math.round(saga.overdueMs / 1_000);
  return `The deadline of ${saga.step} passed ${seconds} s ago; nobody has acted on it, and no alert says why.`;
}
