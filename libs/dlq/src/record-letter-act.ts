import type { Statement, Transaction } from '@waybill/database';
import { recordAct } from '@waybill/idempotency';

import type { LetterFilter } from './letter-filter.js';

const findKey: Statement = {
  name: 'dlq_find_key',
  text: 'SELECT key FROM held_message WHERE seq = $1::bigint',
};

export interface LetterAct {
  readonly act: 'dead-letters.discard' | 'dead-letters.edit' | 'dead-letters.replay' | 'dead-letters.reveal';
  readonly who: string;
  readonly why: string;
  /** Of a replay. */
  readonly run?: string;
  /** Which letters it was about. */
  readonly filter: LetterFilter;
  readonly letters: number;
}

/** Puts an act on record beside the audit of each letter, which goes with its letter; not where it was about none. */
export async function recordLetterAct(
  tx: Transaction,
  { act, who, why, run, filter, letters }: LetterAct,
): Promise<void> {
  if (letters === 0) return;
  const { ids = [], type, handler, topic, fingerprint } = filter;
  const [letter, ...others] = ids;
  const single = others.length === 0 ? letter : undefined;
  const key = single === undefined ? filter.key?.toString() : await keyOf(tx, single);
  const named = { letter: run === undefined ? undefined : single, type, handler, topic, fingerprint };
  const known = Object.entries(named).filter((entry): entry is [string, string] => entry[1] !== undefined);
  recordAct(tx, { act, who, why, subject: run ?? single, key, detail: { ...Object.fromEntries(known), letters } });
}

async function keyOf(tx: Transaction, id: string): Promise<string | undefined> {
  const [row] = await tx.query<{ key: Buffer | null }>(findKey, [id]);
  return row?.key?.toString('utf8');
}
