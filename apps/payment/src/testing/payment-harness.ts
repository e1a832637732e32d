import { ErasePayment, ProcessPayment, RefundPayment } from '@waybill/contracts';
import { databaseUrl } from '@waybill/database';
import type { Database } from '@waybill/database';
import { receivedMessage } from '@waybill/messaging/testing';
import { newId } from '@waybill/observability';
import type { CollectingOutbox } from '@waybill/outbox/testing';
import { makeCalls, startTestService } from '@waybill/service/testing';
import type { TestService } from '@waybill/service/testing';

import type { PaymentConfig } from '../payment.config.js';
import { PaymentModule } from '../payment.module.js';
import { ErasePayments } from '../use-cases/erase-payments.js';
import { ListPayments } from '../use-cases/list-payments.js';
import { ProcessPayments } from '../use-cases/process-payments.js';
import { RefundPayments } from '../use-cases/refund-payments.js';

/** The payment service's use cases on real databases, without a broker. */
export class PaymentHarness {
  private constructor(private readonly service: TestService<PaymentConfig>) {}

  static async start(): Promise<PaymentHarness> {
    return new PaymentHarness(await startTestService(PaymentModule));
  }

  stop(): Promise<void> {
    return this.service.stop();
  }

  get database(): Database {
    return this.service.database;
  }

  get outbox(): CollectingOutbox {
    return this.service.outbox;
  }

  /** Of the provider's own database. */
  get ledgerUrl(): string {
    const { config } = this.service;
    return databaseUrl(config.databaseUrl, config.providerDatabase);
  }

  newOrder(): string {
    return newId();
  }

  /** Handles one ProcessPayment per order. @returns what the provider failed with. */
  process(token: string, ...orderIds: readonly string[]): Promise<readonly unknown[]> {
    return this.processBy({ kind: 'card', token }, { amount: 1250, currency: 'EUR' }, ...orderIds);
  }

  processBy(
    paymentMethod: { readonly kind: string; readonly token: string },
    amount: { readonly amount: number; readonly currency: string },
    ...orderIds: readonly string[]
  ): Promise<readonly unknown[]> {
    const commands = orderIds.map((orderId) =>
      receivedMessage(ProcessPayment, {
        key: orderId,
        data: { orderId, customerId: 'c1', amount, paymentMethod },
      }),
    );
    return makeCalls(this.database, commands, (messages, tx) =>
      this.service.app.get(ProcessPayments).prepare(messages, tx),
    );
  }

  /** Handles one RefundPayment per order. @returns what the provider failed with. */
  refund(...orderIds: readonly string[]): Promise<readonly unknown[]> {
    const commands = orderIds.map((orderId) =>
      receivedMessage(RefundPayment, { key: orderId, data: { orderId, reason: 'Cancelled' } }),
    );
    return makeCalls(this.database, commands, (messages, tx) =>
      this.service.app.get(RefundPayments).prepare(messages, tx),
    );
  }

  async erase(...orderIds: readonly string[]): Promise<void> {
    const commands = orderIds.map((orderId) => receivedMessage(ErasePayment, { key: orderId, data: { orderId } }));
    await this.database.transaction((tx) => this.service.app.get(ErasePayments).execute(commands, tx));
  }

  async statusOf(orderId: string): Promise<readonly string[]> {
    return (await this.service.app.get(ListPayments).ofOrder(orderId)).map(({ status }) => status);
  }
}
