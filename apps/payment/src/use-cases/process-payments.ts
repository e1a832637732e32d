import { Inject, Injectable } from '@nestjs/common';
import { PaymentCharged, PaymentDeclined } from '@waybill/contracts';
import type { ProcessPayment } from '@waybill/contracts';
import type { Transaction } from '@waybill/database';
import { newMessage } from '@waybill/messaging';
import type { CalledMessage, DataOf, OutsideCalls, ReceivedMessage } from '@waybill/messaging';
import { idFor } from '@waybill/observability';
import { Outbox } from '@waybill/outbox';

import type { Payment, PaymentIntent } from '../domain/payment.js';
import { assertSameCharge, knownProcessAnswer, settleCharge } from '../domain/process-payment.js';
import type { ChargeOutcome, ProcessAnswer } from '../domain/process-payment.js';
import { PAYMENT_GATEWAY } from '../gateway/payment-gateway.js';
import type { PaymentGateway } from '../gateway/payment-gateway.js';
import { PaymentRepository } from '../persistence/payment.repository.postgres.js';

type Command = DataOf<typeof ProcessPayment>;

/** A payment and, where the provider had to be asked, its answer. */
interface Charged {
  readonly payment: Payment;
  readonly outcome?: ChargeOutcome;
}

/**
 * Charges orders, each once: the intent is durable before the provider is asked, its id is the idempotency key, and the order's
 * own, so that a database that was restored asks for the same charge. A
 * repeated command is answered again from what is known. Repeatable at every point.
 */
@Injectable()
export class ProcessPayments {
  constructor(
    private readonly payments: PaymentRepository,
    @Inject(PAYMENT_GATEWAY) private readonly gateway: PaymentGateway,
    private readonly outbox: Outbox,
  ) {}

  async prepare(
    commands: readonly ReceivedMessage<Command>[],
    tx: Transaction,
  ): Promise<OutsideCalls<Charged, Transaction, Command>> {
    const intents = commands.map(({ data: { orderId, amount, paymentMethod } }) => ({
      id: idFor('payment', orderId),
      orderId,
      amount,
      paymentMethod: methodOf(paymentMethod),
    }));
    const payments = await this.payments.open(tx, orderIdsOf(commands));
    this.payments.add(tx, intents);
    return {
      calls: intents.map((intent) => (signal) => this.#charge(payments.get(intent.orderId), intent, signal)),
      conclude: this.#conclude,
    };
  }

  async #charge(payment: Payment | undefined, asked: PaymentIntent, signal: AbortSignal): Promise<Charged> {
    if (!payment) throw new TypeError('A prepared payment must exist');
    if (knownProcessAnswer(payment)) return { payment };
    assertSameCharge(payment, asked);
    const { id: idempotencyKey, orderId: reference, amount, paymentMethod } = payment;
    return {
      payment,
      outcome: await this.gateway.charge({ idempotencyKey, reference, amount, paymentMethod }, signal),
    };
  }

  /** Needs nothing of its prepare phase but the results, so that those of several phases can be concluded by one call. */
  readonly #conclude = async (called: readonly CalledMessage<Charged, Command>[], tx: Transaction): Promise<void> => {
    const payments = await this.payments.open(tx, orderIdsOf(called.map(({ message }) => message)));
    for (const { message, result } of called) {
      const { outcome } = result;
      let payment = payments.get(message.data.orderId) ?? result.payment;
      if (outcome) {
        payment = settleCharge(payment, outcome, result.payment.amount);
        this.payments.settle(tx, { payment, ...(outcome.kind === 'charged' && { chargeId: outcome.chargeId }) });
      }
      const answer = knownProcessAnswer(payment);
      if (!answer) throw new TypeError(`Payment ${payment.id} must not be concluded while it is pending`);
      this.outbox.add(tx, toMessage(answer, message));
    }
  };
}

/** Cards go by their token; the provider declines a method that it doesn't know. */
function methodOf({ kind, token }: Command['paymentMethod']): string {
  return kind === 'card' ? token : `${kind}:${token}`;
}

function orderIdsOf(commands: readonly ReceivedMessage<Command>[]): readonly string[] {
  return commands.map(({ data }) => data.orderId);
}

function toMessage(answer: ProcessAnswer, { envelope: cause }: ReceivedMessage<Command>) {
  const { id: paymentId, orderId, amount } = answer.payment;
  if (answer.kind === 'charged') {
    return newMessage(PaymentCharged, { key: orderId, data: { orderId, paymentId, amount }, cause });
  }
  const { code, message } = answer.refusal;
  return newMessage(PaymentDeclined, { key: orderId, data: { orderId, paymentId, code, message }, cause });
}
