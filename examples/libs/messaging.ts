import { Controller, Module } from '@nestjs/common';
import { Ctx, Payload } from '@nestjs/microservices';
import { PaymentCharged, ProcessPayment, topics } from '@waybill/contracts';
import { Database, DatabaseModule } from '@waybill/database';
import type { MigrationClass, Transaction } from '@waybill/database';
import { DeadLetterModule, deadLetterMigrations, deadLetterTopic } from '@waybill/dlq';
import { HttpIdempotencyModule, httpIdempotencyMigrations, InboxModule, inboxMigrations } from '@waybill/idempotency';
import { kafkaBroker } from '@waybill/kafka';
import { MessageHandler, MessagingModule, newMessage, UNIT_OF_WORK } from '@waybill/messaging';
import type { Cause, DataOf, MessageContext } from '@waybill/messaging';
import { Outbox, OutboxModule, outboxMigrations } from '@waybill/outbox';

const serverUrl = 'postgresql://postgres@127.0.0.1:5432/postgres';
const shopMigrations: readonly MigrationClass[] = [];

// #region module
const group = 'shop';
const shopTopics = [topics.paymentCommands, topics.paymentEvents, deadLetterTopic(group)];

@Module({
  imports: [
    DatabaseModule.forRoot({
      serverUrl,
      database: 'shop',
      migrations: [
        ...[outboxMigrations, inboxMigrations, httpIdempotencyMigrations, deadLetterMigrations].flat(),
        ...shopMigrations,
      ],
    }),
    MessagingModule.forRoot({
      service: group,
      group,
      topics: shopTopics,
      broker: kafkaBroker({ brokers: ['127.0.0.1:9092'], clientId: group }),
      retention: {}, // checked at the start: what the modules keep, and what the broker can redeliver
    }),
    OutboxModule.forRoot({ source: '/shop', topics: shopTopics }), // after MessagingModule: Nest shuts down in reverse
    InboxModule.forRoot({ windowMs: 15 * 24 * 3_600_000 }), // binds INBOX, and sweeps
    DeadLetterModule.forRoot({ group, sink: Outbox }), // binds FAILURE_STORE and CRASH_MARKERS
    HttpIdempotencyModule.forRoot(),
  ],
  providers: [{ provide: UNIT_OF_WORK, useExisting: Database }],
})
export class ShopModule {}
// #endregion

const insertReceipt = { name: 'shop_insert_receipt', text: 'INSERT INTO receipt (order_id) VALUES ($1)' };

@Controller()
export class ReceiptsController {
  // #region subscribers
  /** Beside an older handler of the same event. What fails here is retried, and held back, here alone. */
  @MessageHandler(PaymentCharged, { subscriber: 'receipts' })
  async charged(
    @Payload() { orderId }: DataOf<typeof PaymentCharged>,
    @Ctx() { tx }: MessageContext<Transaction>,
  ): Promise<void> {
    await tx.query(insertReceipt, [orderId]);
  }
  // #endregion
}

const insertOrder = { name: 'shop_insert_order', text: 'INSERT INTO "order" (id) VALUES ($1)' };

export async function place(
  { database, outbox, cause }: { database: Database; outbox: Outbox; cause: Cause },
  payment: DataOf<typeof ProcessPayment>,
): Promise<void> {
  // #region add
  await database.transaction(async (tx) => {
    await tx.query(insertOrder, [payment.orderId]);
    outbox.add(tx, newMessage(ProcessPayment, { key: payment.orderId, data: payment, cause })); // written just before COMMIT
  });
  // #endregion
}
