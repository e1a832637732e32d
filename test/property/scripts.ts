import type { Statement, Transaction } from '@waybill/database';

/**
 * What one attempt comes to: `fail` = an error that a retry may mend, `poison` = one that only a replay mends, `cut` = the
 * database ends the connection after the effect was written and before its commit, `slow` = time for rivals, then fine.
 */
export type Ending = 'fail' | 'poison' | 'cut' | 'slow';

class PermanentError extends Error {}

export const isPermanent = (error: unknown): boolean => error instanceof PermanentError;

const insertEffect: Statement = { name: 'test_effect', text: 'INSERT INTO effect (text) VALUES ($1)' };
const cutConnection: Statement = { name: 'test_cut', text: 'SELECT pg_terminate_backend(pg_backend_pid())' };
const takeTime: Statement = { name: 'test_take_time', text: 'SELECT pg_sleep(0.03)' };

const scripts = new Map<string, Ending[]>();

/** What the attempts of a note come to, one after the other, whichever process makes them; fine after that. */
export function write(text: string, script: readonly Ending[]): void {
  scripts.set(text, [...script]);
}

/** Plays the next ending of the note's script. */
export async function attempt(text: string, tx: Transaction): Promise<void> {
  const ending = scripts.get(text)?.shift();
  if (ending === 'slow') await tx.query(takeTime);
  await tx.query(insertEffect, [text]);
  switch (ending) {
    case undefined:
    case 'slow':
      return;
    case 'cut':
      await tx.query(cutConnection);
      return;
    case 'fail':
      throw new Error('might be mended');
    case 'poison':
      throw new PermanentError('poison');
  }
}
