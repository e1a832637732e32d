import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * One more final outcome: a message whose undoing has come. What is there satisfies the wider constraint as it did the
 * narrower one, so it isn't read again (NOT VALID): with millions of rows that would take a while, under a lock.
 */
export class AllowSuperseded1795800200000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await replaceCheck(runner, `'handled', 'retrying', 'parked', 'dead', 'discarded', 'superseded'`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`UPDATE inbox SET outcome = 'discarded' WHERE outcome = 'superseded'`);
    await replaceCheck(runner, `'handled', 'retrying', 'parked', 'dead', 'discarded'`);
  }
}

/** By what it is about: PostgreSQL chose its name while the table before it still had the plain one. */
async function replaceCheck(runner: QueryRunner, outcomes: string): Promise<void> {
  // Answered by PostgreSQL, in this shape.
  const checks = (await runner.query(`
    SELECT conname AS name FROM pg_constraint
    WHERE conrelid = 'inbox'::regclass AND contype = 'c' AND pg_get_constraintdef(oid) LIKE '%outcome%'`)) as {
    readonly name: string;
  }[];
  const drops = checks.map(({ name }) => `DROP CONSTRAINT ${name},`).join(' ');
  await runner.query(`
    ALTER TABLE inbox ${drops} ADD CONSTRAINT inbox_outcome_known CHECK (outcome IN (${outcomes})) NOT VALID`);
}
