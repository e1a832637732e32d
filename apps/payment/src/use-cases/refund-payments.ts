import { Inject, Injectable } from '@nestjs/common';
import { PaymentRefunded, RefundFailed } from '@waybill/contracts';
import type { RefundPayment } from '@waybill/contracts';
import type { Transaction } from '@waybill/database';
import { newMessage } from '@waybill/messaging';
import type { CalledMessage, DataOf, OutsideCalls, ReceivedMessage } from '@waybill/messaging';
import { idFor } from '@waybill/observability';
import { Outbox } from '@waybill/outbox';

import type { Payment } from '../domain/payment.js';
import { knownRefundAnswer, refundAnswer, settleRefund } from '../domain/refund-payment.js';
import type { RefundAnswer, RefundOutcome } from '../domain/refund-payment.js';
import { PAYMENT_GATEWAY } from '../gateway/payment-gateway.js';
import type { PaymentGateway } from '../gateway/payment-gateway.js';
import { PaymentRepository } from '../persistence/payment.repository.postgres.js';
import type { SettledPayment } from '../persistence/payment.repository.postgres.js';

type Command = DataOf<typeof RefundPayment>;

/** A payment and, where the provider had to be asked, its answer. */
interface Refunded {
  readonly payment: Payment;
  readonly outcome?: RefundOutcome;
}

const NOTHING = { amount: 0, currency: 'EUR' };

/**
 * Undoes the payments of orders, whatever is known of them: what was charged goes back, once; a charge that may or may
 * not have happened is asked about by its own key, and called off. So is one that nobody here knows of, as a restore may have
 * forgotten it: a FAILED payment is left behind that declines a ProcessPayment that comes later. Repeatable at every point.
 */
@Injectable()
export class RefundPayments {
  constructor(
    private readonly payments: PaymentRepository,
    @Inject(PAYMENT_GATEWAY) private readonly gateway: PaymentGateway,
    private readonly outbox: Outbox,
  ) {}

  async prepare(
    commands: readonly ReceivedMessage<Command>[],
    tx: Transaction,
  ): Promise<OutsideCalls<Refunded, Transaction, Command>> {
    const orderIds = commands.map(({ data }) => data.orderId);
    const tombstones = orderIds.map((orderId) => ({
      id: idFor('payment', orderId),
      orderId,
      amount: NOTHING,
      paymentMethod: '',
    }));
    const payments = await this.payments.open(tx, orderIds);
    this.payments.add(tx, tombstones);
    return {
      calls: orderIds.map((orderId) => (signal) => this.#refund(payments.get(orderId), signal)),
      conclude: this.#conclude,
    };
  }

  async #refund(payment: Payment | undefined, signal: AbortSignal): Promise<Refunded> {
    if (!payment) throw new TypeError('A prepared payment must exist');
    if (knownRefundAnswer(payment)) return { payment };
    return { payment, outcome: await this.gateway.refund({ chargeKey: payment.id }, signal) };
  }

  /** Needs nothing of its prepare phase but the results, so that those of several phases can be concluded by one call. */
  readonly #conclude = async (called: readonly CalledMessage<Refunded, Command>[], tx: Transaction): Promise<void> => {
    const orderIds = called.map(({ message }) => message.data.orderId);
    const payments = await this.payments.open(tx, orderIds);
    for (const { message, result } of called) {
      const { outcome } = result;
      let payment = payments.get(message.data.orderId) ?? result.payment;
      if (outcome) {
        payment = settleRefund(payment, outcome);
        this.payments.settle(tx, { payment, ...refusalOf(outcome) });
      }
      const answer = outcome ? refundAnswer(payment, outcome) : knownRefundAnswer(payment);
      if (!answer) throw new TypeError(`Payment ${payment.id} must not be concluded before its provider was asked`);
      this.outbox.add(tx, toMessage(answer, message));
    }
  };
}

function refusalOf(outcome: RefundOutcome): Pick<SettledPayment, 'refundRefusal'> {
  return outcome.kind === 'refused' ? { refundRefusal: { code: outcome.code, message: outcome.message } } : {};
}

function toMessage(answer: RefundAnswer, { envelope: cause }: ReceivedMessage<Command>) {
  const { id: paymentId, orderId } = answer.payment;
  if (answer.kind === 'refunded') {
    return newMessage(PaymentRefunded, { key: orderId, data: { orderId, paymentId, amount: answer.amount }, cause });
  }
  const { code, message } = answer.refusal;
  return newMessage(RefundFailed, { key: orderId, data: { orderId, paymentId, code, message }, cause });
}
