import { SERVICE_NAMES } from '@waybill/contracts';
import type { BrokerRecord } from '@waybill/messaging';

import { readTopics } from './read-topics.js';
import { AT_THE_BROKER } from './running-system.js';
import type { RunningSystem } from './running-system.js';
import { queryService } from './service-database.js';
import { until } from './until.js';

/** What the topics hold, against what the services' outboxes say. */
export interface PublishedLog {
  /** Messages in the outboxes. */
  readonly sent: number;
  /** Records beyond the first of each message. */
  readonly repeated: number;
  /** Messages that are in no topic. */
  readonly lost: readonly string[];
  /** Records that are in no outbox. */
  readonly unknown: readonly string[];
  /** Topics and keys whose messages first appear in another order than that of their transactions' commits, or on two lanes. */
  readonly outOfOrder: readonly string[];
}

interface Row {
  readonly id: string;
  readonly topic: string;
  readonly key: Buffer | null;
}

/** Waits first for all that the outboxes hold to be published. */
export async function readPublishedLog(system: RunningSystem): Promise<PublishedLog> {
  await until(async () => (await rowsOf(system, 'published_at IS NULL')).length === 0, {
    timeoutMs: 120_000,
    what: 'the outboxes to be published',
  });
  const rows = await rowsOf(system, 'true');
  const records = await readTopics(system.broker, AT_THE_BROKER.topics);
  const first = new Map<string, BrokerRecord>();
  for (const record of records) if (!first.has(idOf(record))) first.set(idOf(record), record);
  const known = new Set(rows.map(({ id }) => id));
  return {
    sent: rows.length,
    repeated: records.length - first.size,
    lost: rows.filter(({ id }) => !first.has(id)).map(({ id, topic }) => `${topic} ${id}`),
    unknown: [...first].filter(([id]) => !known.has(id)).map(([id, { topic }]) => `${topic} ${id}`),
    outOfOrder: outOfOrder(rows, first),
  };
}

function outOfOrder(rows: readonly Row[], first: ReadonlyMap<string, BrokerRecord>): readonly string[] {
  const byKey = new Map<string, BrokerRecord[]>();
  for (const { id, topic, key } of rows) {
    const record = first.get(id);
    if (key === null || record === undefined) continue;
    const name = `${topic} ${key.toString()}`;
    byKey.set(name, [...(byKey.get(name) ?? []), record]);
  }
  const isInOrder = (records: readonly BrokerRecord[]): boolean =>
    records.every(({ partition, position }, index) => {
      const before = records[index - 1];
      return before === undefined || (before.partition === partition && BigInt(before.position) < BigInt(position));
    });
  return [...byKey].filter(([, records]) => !isInOrder(records)).map(([name]) => name);
}

async function rowsOf(system: RunningSystem, where: string): Promise<readonly Row[]> {
  const statement = `SELECT id, topic, key FROM outbox WHERE ${where} ORDER BY seq`;
  const rows = await Promise.all(SERVICE_NAMES.map((name) => queryService(system, name, statement)));
  return rows.flat() as unknown as Row[]; // the columns of the statement
}

function idOf({ topic, headers }: BrokerRecord): string {
  return String(headers['ce_id'] ?? `a record of ${topic} without an id`);
}
