import {
  PaymentCharged,
  PaymentDeclined,
  PaymentRefunded,
  RefundFailed,
  ShipmentCancelled,
  ShipmentCreated,
  ShipmentRefused,
  StockCommitted,
  StockRejected,
  StockReleased,
  StockReserved,
} from '@waybill/contracts';
import type { MessageContract, ReceivedMessage } from '@waybill/messaging';
import { receivedMessage } from '@waybill/messaging/testing';

/** An answer of a participant, as the consumer hands it over. */
function answerOf<Data>(contract: MessageContract<Data>, orderId: string, data: Data): ReceivedMessage<Data> {
  return receivedMessage(contract, { key: orderId, data });
}

const amount = { amount: 500, currency: 'EUR' };

/** What the participants of fulfilment answer about an order. */
export const answers = {
  charged: (orderId: string): ReceivedMessage =>
    answerOf(PaymentCharged, orderId, { orderId, paymentId: `pay-${orderId.slice(0, 8)}`, amount }),
  declined: (orderId: string): ReceivedMessage =>
    answerOf(PaymentDeclined, orderId, { orderId, paymentId: 'pay', code: 'PAYMENT_DECLINED', message: 'Declined' }),
  refunded: (orderId: string): ReceivedMessage => answerOf(PaymentRefunded, orderId, { orderId, amount }),
  refundFailed: (orderId: string, message = 'Not now'): ReceivedMessage =>
    answerOf(RefundFailed, orderId, { orderId, paymentId: 'pay', code: 'REFUND_REFUSED', message }),
  reserved: (orderId: string): ReceivedMessage =>
    answerOf(StockReserved, orderId, { orderId, reservationId: 'res', items: [{ sku: 'SKU-1', quantity: 2 }] }),
  soldOut: (orderId: string): ReceivedMessage =>
    answerOf(StockRejected, orderId, {
      orderId,
      code: 'OUT_OF_STOCK',
      message: 'Not enough of SKU-1',
      shortages: [{ sku: 'SKU-1', requested: 2, available: 0 }],
    }),
  released: (orderId: string): ReceivedMessage => answerOf(StockReleased, orderId, { orderId }),
  shipped: (orderId: string): ReceivedMessage =>
    answerOf(ShipmentCreated, orderId, { orderId, shipmentId: 'ship', trackingNumber: 'TRACK-1' }),
  refused: (orderId: string, message = 'The carrier refuses the postal code'): ReceivedMessage =>
    answerOf(ShipmentRefused, orderId, { orderId, shipmentId: 'ship', code: 'CARRIER_REFUSED', message }),
  unshipped: (orderId: string): ReceivedMessage => answerOf(ShipmentCancelled, orderId, { orderId }),
  committed: (orderId: string): ReceivedMessage => answerOf(StockCommitted, orderId, { orderId, reservationId: 'res' }),
};
