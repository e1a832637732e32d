import { Test } from '@nestjs/testing';
import type { TestingModule } from '@nestjs/testing';
import { ProcessPayment, RefundPayment } from '@waybill/contracts';
import { Database, DatabaseModule } from '@waybill/database';
import { createTestDatabase, testDatabaseServer } from '@waybill/embedded/testing';
import { newId } from '@waybill/observability';
import { Outbox } from '@waybill/outbox';

import { PAYMENT_GATEWAY } from '../gateway/payment-gateway.js';
import { PaymentGatewaySimulator } from '../gateway/simulator/payment-gateway.simulator.js';
import { CreatePayment1795600000200 } from '../persistence/migrations/create-payment.js';
import { PaymentEntity } from '../persistence/payment.entity.js';
import { PaymentRepository } from '../persistence/payment.repository.postgres.js';
import { ListPayments } from '../use-cases/list-payments.js';
import { ProcessPayments } from '../use-cases/process-payments.js';
import { RefundPayments } from '../use-cases/refund-payments.js';
import { CollectingOutbox } from './collecting-outbox.js';
import { makeCalls } from './make-calls.js';
import { received } from './received.js';

const nameOf = (url: string) => new URL(url).pathname.slice(1);

/** The payment service's use cases on real databases, without a broker. */
export class PaymentHarness {
  readonly outbox = new CollectingOutbox();

  private constructor(
    private readonly module: TestingModule,
    outbox: CollectingOutbox,
    private readonly drop: () => Promise<void>,
    readonly ledgerUrl: string,
  ) {
    this.outbox = outbox;
  }

  static async start(): Promise<PaymentHarness> {
    const [own, provider] = await Promise.all([createTestDatabase('payment'), createTestDatabase('provider')]);
    const outbox = new CollectingOutbox();
    const module = await Test.createTestingModule({
      imports: [
        DatabaseModule.forRoot({
          serverUrl: testDatabaseServer(),
          database: nameOf(own.url),
          entities: [PaymentEntity],
          migrations: [CreatePayment1795600000200],
        }),
      ],
      providers: [
        ListPayments,
        PaymentRepository,
        ProcessPayments,
        RefundPayments,
        { provide: Outbox, useValue: outbox },
        {
          provide: PAYMENT_GATEWAY,
          useFactory: () => PaymentGatewaySimulator.open(testDatabaseServer(), nameOf(provider.url)),
        },
      ],
    }).compile();
    await module.init();
    const drop = async () => void (await Promise.all([own.drop(), provider.drop()]));
    return new PaymentHarness(module, outbox, drop, provider.url);
  }

  async stop(): Promise<void> {
    await this.module.close();
    await this.drop();
  }

  get database(): Database {
    return this.module.get(Database);
  }

  newOrder(): string {
    return newId();
  }

  /** Handles one ProcessPayment per order. @returns what the provider failed with. */
  process(paymentMethod: string, ...orderIds: readonly string[]): Promise<readonly unknown[]> {
    const amount = { amount: 1250, currency: 'EUR' };
    const commands = orderIds.map((orderId) =>
      received(ProcessPayment, { orderId, customerId: 'c1', amount, paymentMethod }),
    );
    return makeCalls(this.database, commands, (messages, tx) => this.module.get(ProcessPayments).prepare(messages, tx));
  }

  /** Handles one RefundPayment per order. @returns what the provider failed with. */
  refund(...orderIds: readonly string[]): Promise<readonly unknown[]> {
    const commands = orderIds.map((orderId) => received(RefundPayment, { orderId, reason: 'Cancelled' }));
    return makeCalls(this.database, commands, (messages, tx) => this.module.get(RefundPayments).prepare(messages, tx));
  }

  async statusOf(orderId: string): Promise<readonly string[]> {
    return (await this.module.get(ListPayments).ofOrder(orderId)).map(({ status }) => status);
  }
}
