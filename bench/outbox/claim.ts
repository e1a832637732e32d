import { claimRows } from '@waybill/outbox/testing';

import { median } from '../shared/statistics.js';
import { benchMessage } from './setting.js';
import type { Bench } from './setting.js';

const SHARDS = [0, 1, 2, 3, 4, 5, 6, 7];
const REPEATS = 50;

/** The claim's statement over all shards of a topic, with 500 rows in the table and with a backlog. */
export async function measureClaim(bench: Bench, backlog: number): Promise<{ emptyMs: number; fullMs: number }> {
  const { harness } = bench;
  const topic = await bench.newTopic();
  await harness.sql('TRUNCATE outbox');
  await harness.add(harness.outbox(), ...Array.from({ length: 500 }, (_, n) => benchMessage(topic, `order-${n}`)));
  const emptyMs = await claimMs(bench, topic);
  await harness.sql(
    `INSERT INTO outbox (id, aggregatetype, aggregateid, type, payload, topic, key, key_hash, shard, source, subject, time,
                         correlationid, causationid, traceparent)
     SELECT gen_random_uuid(), aggregatetype, aggregateid, type, payload, topic, convert_to('k' || g, 'UTF8'), g, g % 8, source,
            subject, time, correlationid, causationid, traceparent
     FROM (SELECT * FROM outbox LIMIT 1) AS sample CROSS JOIN generate_series(1, $1::int) AS g`,
    [backlog],
  );
  await harness.sql('ANALYZE outbox');
  const fullMs = await claimMs(bench, topic);
  return { emptyMs, fullMs };
}

async function claimMs({ harness }: Bench, topic: string): Promise<number> {
  const connection = harness.database.dedicatedConnection({ setUp: ['SET enable_seqscan = off'] });
  const times: number[] = [];
  for (let n = 0; n < REPEATS; n++) {
    const start = performance.now();
    await connection.query(claimRows, [SHARDS.map(() => topic), SHARDS, [1, 2, 3], 62, 650_000]);
    times.push(performance.now() - start);
  }
  await connection.close();
  return median(times.slice(REPEATS / 5));
}
