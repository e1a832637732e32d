import { randomUUID } from 'node:crypto';

import { encodeEnvelope } from '@waybill/messaging';
import { Client } from 'pg';

/** A version that isn't sent any more: each of them has to be lifted. */
const TYPE = 'payment.process.v1';

interface LettersOfPayment {
  readonly databaseUrl: string;
  readonly group: string;
  readonly topic: string;
  readonly letters: number;
  /** How many orders they are about, or which. */
  readonly orders: number | readonly string[];
}

/**
 * Dead letters of the payment service as its dead letter store would have left them on a bad day: `letters` commands to
 * charge `orders` orders, each order's repeatedly (at least once delivery), dead with one of two errors.
 */
export async function storePaymentLetters({ databaseUrl, group, topic, letters, orders }: LettersOfPayment) {
  const ids = typeof orders === 'number' ? Array.from({ length: orders }, () => randomUUID()) : orders;
  const rows = Array.from({ length: letters }, (_, n) => {
    const [id, orderId = ''] = [randomUUID(), ids[n % ids.length]];
    const data = { orderId, customerId: 'c1', amount: { amount: 1_250, currency: 'EUR' }, paymentMethod: 'pm_card_ok' };
    const time = new Date().toISOString();
    const envelope = { id, source: '/order', type: TYPE, time, correlationId: orderId };
    const headers = Object.entries(encodeEnvelope(envelope, orderId)).map(([name, value]) => [
      name,
      Buffer.from(value).toString('base64'),
    ]);
    return { id, key: orderId, headers: JSON.stringify(headers), value: JSON.stringify(data) };
  });
  const client = new Client({ connectionString: databaseUrl });
  await client.connect();
  const values = [group, TYPE, topic, JSON.stringify(rows)];
  await client.query(INSERT, values);
  await client.query(
    `INSERT INTO parked_key (consumer_group, topic, key) SELECT DISTINCT consumer_group, topic, key FROM held_message
     ON CONFLICT DO NOTHING`,
  );
  await client.query(
    `INSERT INTO inbox (consumer_group, source, message_id, outcome)
     SELECT consumer_group, source, message_id, state FROM held_message ON CONFLICT DO NOTHING`,
  );
  await client.end();
}

const INSERT = `
  INSERT INTO held_message (consumer_group, source, message_id, type, handler, topic, partition, position, timestamp_ms,
    key, headers, value, state, attempts, reason, first_error, last_error, fingerprint, service_version)
  SELECT $1, '/order', row->>'id', $2, 'PaymentCommandsController.process', $3, 0, n::text, 0,
    convert_to(row->>'key', 'UTF8'), convert_to(row->>'headers', 'UTF8'), convert_to(row->>'value', 'UTF8'),
    'dead', 8, 'RETRIES_EXHAUSTED', error, error, left(error, 20), '0.1.0'
  FROM jsonb_array_elements($4::jsonb) WITH ORDINALITY AS given (row, n),
  LATERAL (SELECT CASE n % 4 WHEN 0 THEN 'ConnectionLostError: the provider hung up' ELSE 'PaymentGatewayError: it answered 503' END AS error) e
  ORDER BY n`;
