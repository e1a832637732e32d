import type { Transaction } from '@waybill/database';

import type { NewAct } from './operator-act.js';
import { eraseActs as erase, recordAct as record } from './sql/statements.js';

/** Letters come with keys of any length, and strangers choose them: some can't be kept as text. */
const LONGEST_KEY = 200;
const isText = (key: string): boolean => key.length <= LONGEST_KEY && !key.includes('\0');

/**
 * Puts on record what an operator does, in the transaction that does it: what was refused or rolled back isn't there, and what an
 * Idempotency-Key repeats is there once. Travels with COMMIT.
 */
export function recordAct(tx: Transaction, { act, who, why, subject, key, detail = {} }: NewAct): void {
  const known = key !== undefined && isText(key) ? key : null;
  const values = [act, who ?? null, why ?? null, subject ?? null, known, JSON.stringify(detail)];
  tx.beforeCommit(() => [tx.query(record, values)]);
}

/** Forgets the reasons that were given for acts about these keys, for an application that erases what it keeps of a person. */
export async function eraseActs(tx: Transaction, keys: readonly string[]): Promise<void> {
  await tx.query(erase, [keys]);
}
