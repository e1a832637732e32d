import type { Transaction } from '@waybill/database';

import { hashTopic } from './key-hash.js';
import type { CommittedRow, NewOutboxRow } from './outbox-row.js';
import { insertRows } from './sql/insert-rows.js';
import type { InsertedRow } from './sql/insert-rows.js';
import { KEY_LOCK, lockKeys, TOPIC_LOCK } from './sql/lock-keys.js';

/**
 * Most keys of one topic that are locked singly. PostgreSQL's lock table has room for some 6,400 locks of all transactions
 * together (max_locks_per_transaction x max_connections), so who sends more locks the topic as a whole.
 */
const MOST_KEY_LOCKS = 256;
/** One statement carries at most this much payload; more goes in several, in the same burst. */
const STATEMENT_BYTES = 16_000_000;

/**
 * Writes the rows of one transaction: locks, then inserts, issued in one burst. As a key's lock is held from before its
 * rows draw their seq until after COMMIT, seq order is commit order for each key.
 * @param onWritten gets the rows with their seq; they count only once the transaction has committed.
 */
export function flush(
  tx: Transaction,
  rows: readonly NewOutboxRow[],
  onWritten: (rows: readonly CommittedRow[]) => void,
): readonly Promise<unknown>[] {
  const locks = locksFor(rows);
  return [
    ...(locks.length === 0 ? [] : [lock(tx, locks)]),
    ...statements(rows).map(async (part) => {
      const inserted = await tx.query<InsertedRow>(insertRows, [...columns(part), part[0]?.source]);
      onWritten(committedRows(part, inserted));
    }),
  ];
}

interface Lock {
  readonly kind: number;
  readonly hash: number;
  readonly shared: boolean;
}

/** A topic's lock is shared by those who lock single keys of it, exclusive for who locks none. Sorted, distinct. */
function locksFor(rows: readonly NewOutboxRow[]): readonly Lock[] {
  const hashesByTopic = new Map<string, Set<number>>();
  for (const { topic, key, keyHash } of rows) {
    if (key === null) continue; // no order wanted
    const hashes = hashesByTopic.get(topic);
    if (hashes) hashes.add(keyHash);
    else hashesByTopic.set(topic, new Set([keyHash]));
  }
  const locks = new Map<string, Lock>();
  for (const [topic, hashes] of hashesByTopic) {
    const shared = hashes.size <= MOST_KEY_LOCKS;
    const hash = hashTopic(topic);
    const name = `${TOPIC_LOCK} ${hash}`;
    locks.set(name, { kind: TOPIC_LOCK, hash, shared: shared && (locks.get(name)?.shared ?? true) });
    if (shared) for (const hash of hashes) locks.set(`${KEY_LOCK} ${hash}`, { kind: KEY_LOCK, hash, shared: false });
  }
  return [...locks.values()].sort((a, b) => a.kind - b.kind || a.hash - b.hash);
}

function lock(tx: Transaction, locks: readonly Lock[]): Promise<unknown> {
  return tx.query(lockKeys, [
    locks.map(({ kind }) => kind),
    locks.map(({ hash }) => hash),
    locks.map(({ shared }) => shared),
  ]);
}

function statements(rows: readonly NewOutboxRow[]): readonly (readonly NewOutboxRow[])[] {
  const parts: NewOutboxRow[][] = [[]];
  let bytes = 0;
  for (const row of rows) {
    bytes += row.payload.length;
    if (bytes > STATEMENT_BYTES) {
      parts.push([]);
      bytes = row.payload.length;
    }
    parts.at(-1)?.push(row);
  }
  return parts.filter(({ length }) => length > 0);
}

const COLUMNS = [
  'id',
  'aggregatetype',
  'aggregateid',
  'type',
  'payload',
  'topic',
  'key',
  'keyHash',
  'lane',
  'subject',
  'time',
  'correlationid',
  'causationid',
  'traceparent',
] as const satisfies readonly (keyof NewOutboxRow)[];

function columns(rows: readonly NewOutboxRow[]): readonly (readonly unknown[])[] {
  return COLUMNS.map((column) => rows.map((row) => row[column]));
}

function committedRows(rows: readonly NewOutboxRow[], inserted: readonly InsertedRow[]): readonly CommittedRow[] {
  const inOrder = inserted
    .map(({ seq, unpublished_before: before }) => ({
      seq: Number(seq),
      unpublishedBefore: before === null ? undefined : Number(before),
    }))
    .sort((a, b) => a.seq - b.seq);
  return rows.flatMap((row, index) => {
    const written = inOrder[index];
    return written ? [{ ...row, ...written }] : [];
  });
}
