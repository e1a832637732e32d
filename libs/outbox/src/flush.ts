import type { Transaction } from '@waybill/database';

import { lock, locksFor } from './key-locks.js';
import type { CommittedRow, NewOutboxRow } from './outbox-row.js';
import { insertRows } from './sql/insert-rows.js';
import type { InsertedRow } from './sql/insert-rows.js';

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
  'shard',
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
    .map(({ seq, shard, unpublished_before: before }) => ({
      seq: Number(seq),
      shard,
      unpublishedBefore: before === null ? undefined : Number(before),
    }))
    .sort((a, b) => a.seq - b.seq);
  return rows.flatMap((row, index) => {
    const written = inOrder[index];
    if (!written) return [];
    const { seq, shard, unpublishedBefore } = written;
    // What is added stands first: Node.js 20 takes microseconds to add it behind a spread.
    return [{ seq, unpublishedBefore, ...row, shard }];
  });
}
