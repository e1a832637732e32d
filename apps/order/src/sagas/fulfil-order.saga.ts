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
import type { SagaDefinition, SagaErasure } from '@waybill/saga';

import { ERASED, ERASED_ADDRESS } from '../domain/erasure.js';

/** What fulfilment needs to know of an order. */
export interface FulfilOrder {
  readonly orderId: string;
  readonly customerId: string;
  readonly items: readonly SkuQuantity[];
  readonly total: Money;
  readonly shippingAddress: Address;
  readonly paymentMethod: string;
  /** What the payment service has said about a charge; absent until it has. */
  readonly charged?: Money;
  /** Its records were lost: what was charged, and where it was to go, isn't known unless a participant told it. */
  readonly isRecovered?: true;
}

export const FULFIL_ORDER = 'fulfil-order';

/** What stays of a fulfilment that has ended once its customer is erased. */
export const ERASED_FULFILMENT: SagaErasure<FulfilOrder> = {
  data: (order) => ({ ...order, customerId: ERASED, shippingAddress: ERASED_ADDRESS, paymentMethod: ERASED }),
  text: ERASED,
};

/** Why something is undone, for the records of the service that undoes it. */
const UNDO = { reason: 'The order is not being fulfilled' } as const;

const isSame = (one: Money, other: Money): boolean => one.amount === other.amount && one.currency === other.currency;

/** Whether both lists hold as many of each SKU. */
function areSame(some: readonly SkuQuantity[], others: readonly SkuQuantity[]): boolean {
  const left = new Map<string, number>();
  const add = (sku: string, quantity: number) => left.set(sku, (left.get(sku) ?? 0) + quantity);
  for (const { sku, quantity } of some) add(sku, quantity);
  for (const { sku, quantity } of others) add(sku, -quantity);
  return [...left.values()].every((quantity) => quantity === 0);
}

/** What was charged goes back, whole; where no charge was reported, none may have happened. */
function isWholeRefund(order: FulfilOrder, { amount }: { readonly amount: Money }): boolean {
  const { charged, total, isRecovered } = order;
  if (charged === undefined && isRecovered) return true;
  return isSame(amount, charged ?? total) || (charged === undefined && amount.amount === 0);
}

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
        command: ({ orderId, customerId, total: amount, paymentMethod: token }) =>
          send(ProcessPayment, { orderId, customerId, amount, paymentMethod: { kind: 'card', token } }),
        replies: [
          done(PaymentCharged, {
            satisfies: ({ total }, { amount }) => isSame(amount, total),
            apply: (order, { amount: charged }) => ({ ...order, charged }),
          }),
          failed(PaymentDeclined, reasonOf),
        ],
        compensation: {
          command: ({ orderId }) => send(RefundPayment, { orderId, ...UNDO }),
          replies: [done(PaymentRefunded, { satisfies: isWholeRefund }), failed(RefundFailed, reasonOf)],
        },
      },
      {
        name: 'reserve-inventory',
        command: ({ orderId, items }) => send(ReserveStock, { orderId, items: [...items] }),
        replies: [
          done(StockReserved, { satisfies: ({ items: asked }, { items }) => areSame(items, asked) }),
          failed(StockRejected, reasonOf),
        ],
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
