import {
  CommitReservation,
  PaymentCharged,
  PaymentDeclined,
  PaymentRefunded,
  ProcessPayment,
  RefundFailed,
  RefundPayment,
  StockCommitted,
} from '@waybill/contracts';
import { defineSaga, done, failed, send } from '@waybill/saga';

// #region define
interface Purchase {
  readonly orderId: string;
  readonly customerId: string;
  readonly paymentMethod: string;
}

const amount = { amount: 1250, currency: 'EUR' };
const reasonOf = ({ code, message }: { readonly code: string; readonly message: string }) => ({ code, message });

export const purchase = defineSaga<Purchase>('purchase', 1, {
  steps: [
    {
      name: 'process-payment',
      command: ({ orderId, customerId, paymentMethod: token }) =>
        send(ProcessPayment, { orderId, customerId, amount, paymentMethod: { kind: 'card', token } }),
      replies: [
        done(PaymentCharged, { satisfies: (_, charged) => charged.amount.amount === amount.amount }),
        failed(PaymentDeclined, reasonOf),
      ],
      compensation: {
        command: ({ orderId }) => send(RefundPayment, { orderId, reason: 'Not fulfilled' }),
        replies: [done(PaymentRefunded), failed(RefundFailed, reasonOf)],
      },
    },
    {
      name: 'confirm',
      pivot: true, // nothing after its start is undone
      command: ({ orderId }) => send(CommitReservation, { orderId }),
      replies: [done(StockCommitted)],
    },
  ],
});
// #endregion
