import {
  CancelShipment,
  CancelShipmentFailed,
  CommitReservation,
  CreateShipment,
  PaymentCharged,
  PaymentDeclined,
  PaymentRefunded,
  ProcessPayment,
  RefundFailed,
  RefundPayment,
  ReleaseStock,
  ReserveStock,
  ShipmentCancelled,
  ShipmentCreated,
  ShipmentRefused,
  StockCommitted,
  StockRejected,
  StockReleased,
  StockReserved,
} from '@waybill/contracts';
import type { Address, Money, SkuQuantity } from '@waybill/contracts';
import { defineSaga, done, failed, send } from '@waybill/saga';
import type { SagaDefinition } from '@waybill/saga';

/** What fulfilment needs to know of an order. */
export interface FulfilOrder {
  readonly orderId: string;
  readonly customerId: string;
  readonly items: readonly SkuQuantity[];
  readonly total: Money;
  readonly shippingAddress: Address;
  readonly paymentMethod: string;
}

export const FULFIL_ORDER = 'fulfil-order';

/** Why something is undone, for the records of the service that undoes it. */
const UNDO = { reason: 'The order is not being fulfilled' } as const;

const reasonOf = ({ code, message }: { readonly code: string; readonly message: string }) => ({ code, message });

/**
 * Charge, reserve, book the shipment, confirm. Before the pivot every step is undone, in reverse order, when a later one
 * fails, times out or the customer cancels. The answer that starts the pivot also makes the order FULFILLED.
 */
export function fulfilOrder({ stepDeadlineMs }: { readonly stepDeadlineMs: number }): SagaDefinition<FulfilOrder> {
  return defineSaga<FulfilOrder>(FULFIL_ORDER, 1, {
    deadlineMs: stepDeadlineMs,
    steps: [
      {
        name: 'process-payment',
        command: ({ orderId, customerId, total: amount, paymentMethod }) =>
          send(ProcessPayment, { orderId, customerId, amount, paymentMethod }),
        replies: [done(PaymentCharged), failed(PaymentDeclined, reasonOf)],
        compensation: {
          command: ({ orderId }) => send(RefundPayment, { orderId, ...UNDO }),
          replies: [done(PaymentRefunded), failed(RefundFailed, reasonOf)],
        },
      },
      {
        name: 'reserve-inventory',
        command: ({ orderId, items }) => send(ReserveStock, { orderId, items: [...items] }),
        replies: [done(StockReserved), failed(StockRejected, reasonOf)],
        compensation: {
          command: ({ orderId }) => send(ReleaseStock, { orderId, ...UNDO }),
          replies: [done(StockReleased)],
        },
      },
      {
        name: 'create-shipment',
        command: ({ orderId, items, shippingAddress: address }) =>
          send(CreateShipment, { orderId, items: [...items], address }),
        replies: [done(ShipmentCreated), failed(ShipmentRefused, reasonOf)],
        compensation: {
          command: ({ orderId }) => send(CancelShipment, { orderId, ...UNDO }),
          replies: [done(ShipmentCancelled), failed(CancelShipmentFailed, reasonOf)],
        },
      },
      {
        name: 'confirm',
        pivot: true,
        command: ({ orderId }) => send(CommitReservation, { orderId }),
        replies: [done(StockCommitted)],
      },
    ],
  });
}
