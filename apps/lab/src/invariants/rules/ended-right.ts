import { endingOf, isSkipped } from '../facts.js';
import type { OrderFacts, PaymentFacts, ReservationFacts, ShipmentFacts } from '../facts.js';

export interface Participants {
  readonly payment: PaymentFacts | undefined;
  readonly reservation: ReservationFacts | undefined;
  readonly shipment: ShipmentFacts | undefined;
}

/** A participant's part: where it has to stand when the order is fulfilled, and where when its step was undone. */
interface Part {
  readonly step: string;
  readonly name: string;
  readonly done: string;
  /** `none`: the participant was never asked, or knows nothing. */
  readonly undone: readonly string[];
  status(participants: Participants): string | undefined;
}

const PARTS: readonly Part[] = [
  {
    step: 'process-payment',
    name: 'payment',
    done: 'CHARGED',
    undone: ['none', 'DECLINED', 'REFUNDED', 'FAILED'],
    status: ({ payment }) => payment?.status,
  },
  {
    step: 'reserve-inventory',
    name: 'reservation',
    done: 'COMMITTED',
    undone: ['none', 'REJECTED', 'RELEASED'],
    status: ({ reservation }) => reservation?.status,
  },
  {
    step: 'create-shipment',
    name: 'shipment',
    done: 'CREATED',
    undone: ['none', 'REFUSED', 'CANCELLED'],
    status: ({ shipment }) => shipment?.status,
  },
];

/** Each saga that has ended has all its steps done, or none, and the participants agree. */
export function endedWrong(order: OrderFacts, participants: Participants): string | undefined {
  const ending = endingOf(order);
  if (ending === 'open' || order.saga === undefined) return undefined;
  const wrongStep = order.saga.steps.find((step) =>
    ending === 'fulfilled'
      ? step.status !== 'DONE'
      : ['DONE', 'RUNNING', 'COMPENSATING'].includes(step.status) ||
        (step.status === 'COMPENSATION_FAILED' && step.skipped !== true),
  );
  if (wrongStep !== undefined)
    return `Its saga is ${order.saga.status}, and the step ${wrongStep.name} is ${wrongStep.status}.`;
  for (const part of PARTS) {
    const status = part.status(participants) ?? 'none';
    const isRight =
      ending === 'fulfilled' ? status === part.done : part.undone.includes(status) || isSkipped(order, part.step);
    if (!isRight) return `It is ${order.status}, and its ${part.name} is ${status === 'none' ? 'missing' : status}.`;
  }
  return undefined;
}
