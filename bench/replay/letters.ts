import { encodeEnvelope } from '@waybill/messaging';
import type { Client } from 'pg';

import { contract } from './contract.js';

export interface LettersToStore {
  readonly group: string;
  readonly letters: number;
  readonly keys: number;
  /** `dead`: all of them, as where a group had let order go; `parked`: the first of each key, the others wait behind it. */
  readonly behind: 'dead' | 'parked';
}

const STATEMENT_ROWS = 100_000;
const ID = 'the id';

/** Stores letters with their inbox rows and parked keys as the dead letter store would, in large statements. */
export async function storeLetters(client: Client, { group, letters, keys, behind }: LettersToStore): Promise<void> {
  const time = '2026-01-01T00:00:00.000Z';
  const envelope = { id: ID, source: '/bench', type: contract.type, time, correlationId: 'bench' };
  // As the lib stores them: pairs of name and base64. The id is set row by row.
  const headers = Object.entries(encodeEnvelope(envelope, null)).map(([name, value]) => [name, base64(value)]);
  const data = { orderId: 'order', items: [{ sku: 'SKU-1', quantity: 1 }], total: 1_000, currency: 'EUR' };
  for (let from = 0; from < letters; from += STATEMENT_ROWS) {
    const to = Math.min(letters, from + STATEMENT_ROWS) - 1;
    await client.query(INSERT, [
      group,
      contract.type,
      contract.topic,
      JSON.stringify(headers),
      base64(ID),
      JSON.stringify(data),
      from,
      to,
      keys,
      behind,
    ]);
  }
  await client.query(
    `INSERT INTO parked_key (consumer_group, topic, key)
     SELECT DISTINCT consumer_group, topic, key FROM held_message WHERE consumer_group = $1`,
    [group],
  );
  await client.query(
    `INSERT INTO inbox (consumer_group, source, message_id, outcome)
     SELECT consumer_group, source, message_id, state FROM held_message WHERE consumer_group = $1`,
    [group],
  );
  for (const table of ['held_message', 'parked_key', 'inbox']) await client.query(`VACUUM ANALYZE ${table}`);
}

/** The stack of a real error is about as long. */
const INSERT = `
  INSERT INTO held_message (consumer_group, source, message_id, type, handler, topic, partition, position, timestamp_ms,
    key, headers, value, state, attempts, reason, first_error, last_error, fingerprint, service_version)
  SELECT $1, '/bench', id, $2, 'BenchController.take', $3, 0, n::text, 0,
    convert_to('key-' || n % $9::int, 'UTF8'),
    convert_to(replace($4, $5, encode(convert_to(id, 'UTF8'), 'base64')), 'UTF8'), convert_to($6, 'UTF8'),
    state, CASE state WHEN 'dead' THEN 3 ELSE 0 END, CASE state WHEN 'dead' THEN 'RETRIES_EXHAUSTED' END,
    error, error, CASE state WHEN 'dead' THEN 'GatewayError at kind ' || n % 20 END, '1.0.0'
  FROM (
    SELECT n, 'message-' || n AS id, CASE WHEN n < $9::int THEN 'dead' ELSE $10::text END AS state
    FROM generate_series($7::int, $8::int) AS n) numbered,
  LATERAL (SELECT CASE state WHEN 'dead' THEN
    'GatewayError: the gateway answers 503' || repeat(E'\\n    at charge (gateway.ts:12:5)', 12) END AS error) failed
  ORDER BY n`;

function base64(text: string): string {
  return Buffer.from(text).toString('base64');
}
