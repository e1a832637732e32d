import { databaseUrl } from '@waybill/database';
import { Client } from 'pg';

/** Orders of one statement. */
const PAGE = 50_000;
const AGE = "interval '2 days'";

/** Ids of stored orders are older UUIDv7 than those of any order to come, and ascend: `$2` is the first of the page, `$3` the last. */
const orders = 'FROM generate_series($1::bigint, $2::bigint) AS n';
const id = (prefix: string, n = 'n'): string => `('${prefix}-0000-7000-8000-' || lpad(to_hex(${n}), 12, '0'))`;
const ORDER = id('01900000');
const message = (index: number): string => id(`0191000${index}`);
const filler = (bytes: number): string => `('{"of": "' || repeat('x', ${bytes}) || '"}')`;

const inbox = (messages: readonly number[], group: string, source: string): readonly string[] =>
  messages.map(
    (index) => `INSERT INTO inbox (consumer_group, source, message_id, received_at)
      SELECT '${group}', '${source}', ${message(index)}, now() - ${AGE} ${orders}`,
  );
const outbox = (messages: readonly number[], topic: string): readonly string[] =>
  messages.map(
    (
      index,
    ) => `INSERT INTO outbox (id, aggregatetype, aggregateid, type, payload, topic, key, key_hash, shard, source, subject, time,
        correlationid, causationid, traceparent, created_at, published_at)
      SELECT ${message(index)}::uuid, 'order', ${ORDER}, 'stored.message.v1', convert_to(${filler(280)}, 'UTF8'), '${topic}',
        convert_to(${ORDER}, 'UTF8'), hashint8(n), (n % 8)::smallint, '/stored', ${ORDER}, now()::text, ${ORDER}, ${ORDER},
        '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01', now() - ${AGE}, now() - ${AGE} ${orders}`,
  );

/** What an order that was fulfilled two days ago has left, by database; sizes as those of real rows. */
const LEFT: Readonly<Record<string, readonly string[]>> = {
  order: [
    `INSERT INTO order_view (id, status, customer_id, items, total_amount, total_currency, placed_at, updated_at)
      SELECT ${ORDER}::uuid, 'FULFILLED', 'customer-' || n % 10000, ${filler(240)}::json, 1200, 'EUR', now() - ${AGE}, now() - ${AGE}
      ${orders}`,
    ...[1, 2].map(
      (version) => `INSERT INTO stored_event (stream_id, version, schema_version, type, data, metadata)
        SELECT 'order-' || ${ORDER}, ${version}, 1, 'Stored', ${filler(version === 1 ? 520 : 60)}::json, ${filler(90)}::json ${orders}`,
    ),
    `INSERT INTO saga_instance (id, saga, version, status, step, steps, data, wake_at, revision, correlation_id, created_at, updated_at)
      SELECT ${ORDER}, 'fulfil-order', 1, 'COMPLETED', 'confirm', ${filler(980)}::json, ${filler(420)}::json, NULL, 5, ${ORDER},
        now() - ${AGE} + n * interval '1 microsecond', now() - ${AGE} ${orders}`,
    ...[1, 2, 3, 4, 5].map(
      () => `INSERT INTO timeline_entry (order_id, entries) SELECT ${ORDER}::uuid, ${filler(480)}::json ${orders}`,
    ),
    ...inbox([4, 5, 6, 7], 'order', '/participant'),
    ...outbox([0, 1, 2, 3], 'payment.commands'),
  ],
  payment: [
    `INSERT INTO payment (id, order_id, status, amount, currency, payment_method, charge_id)
      SELECT ${message(8)}::uuid, ${ORDER}, 'CHARGED', 1200, 'EUR', 'pm_card_ok', ${message(8)} ${orders}`,
    ...inbox([0], 'payment', '/order'),
    ...outbox([4], 'payment.events'),
  ],
  inventory: [
    `INSERT INTO reservation (id, order_id, status, items, shortages)
      SELECT ${message(8)}::uuid, ${ORDER}, 'COMMITTED', '[{"sku": "SKU-MUG-BLUE", "quantity": 1}]', '[]' ${orders}`,
    ...inbox([1, 3], 'inventory', '/order'),
    ...outbox([5, 7], 'inventory.events'),
  ],
  shipping: [
    `INSERT INTO shipment (id, order_id, status, tracking_number)
      SELECT ${message(8)}::uuid, ${ORDER}, 'CREATED', ${message(8)} ${orders}`,
    ...inbox([2], 'shipping', '/order'),
    ...outbox([6], 'shipping.events'),
  ],
  payment_provider: [
    `INSERT INTO charge (idempotency_key, payment_method, amount, currency, status, calls, refund_failures, refund_refusals)
      SELECT ${message(8)}, 'pm_card_ok', 1200, 'EUR', 'charged', 1, 0, 0 ${orders}`,
  ],
  carrier: [
    `INSERT INTO booking (idempotency_key, status, items, calls, cancel_calls, cancel_failures, cancel_refusals)
      SELECT ${message(8)}, 'booked', '[]', 1, 0, 0, 0 ${orders}`,
  ],
};

/**
 * Writes what fulfilled orders of days ago leave in each database, past the services: a bench that runs on what they will have. Their
 * statistics are brought up to date, as autovacuum would have.
 * @param prefix of the databases
 */
export async function storeOrders(serverUrl: string, prefix: string, count: number): Promise<void> {
  await Promise.all(
    Object.entries(LEFT).map(async ([database, statements]) => {
      const client = new Client({ connectionString: databaseUrl(serverUrl, `${prefix}${database}`) });
      await client.connect();
      try {
        await client.query('SET synchronous_commit = off');
        for (let first = 1; first <= count; first += PAGE) {
          const page = [first, Math.min(first + PAGE - 1, count)];
          for (const statement of statements) await client.query(statement, page);
        }
        await client.query('VACUUM ANALYZE');
      } finally {
        await client.end();
      }
    }),
  );
  await checkpoint(serverUrl);
}

/** What the writing left to the disk isn't the bench's. */
async function checkpoint(serverUrl: string): Promise<void> {
  const client = new Client({ connectionString: databaseUrl(serverUrl, 'postgres') });
  await client.connect();
  await client.query('CHECKPOINT');
  await client.end();
}
