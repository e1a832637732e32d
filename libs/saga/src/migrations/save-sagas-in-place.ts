import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Saving a step becomes a HOT update: no indexed column changes until the saga ends, and the page has room for the next version. So
 * deadlines, which move with each step, are found by `wake_at`: never later than `deadline_at`, set with the first one, moved only
 * when it has passed. The default lets a look put right what a replica of the release before writes.
 */
export class SaveSagasInPlace1797000000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE saga_instance
        ADD COLUMN wake_at timestamptz DEFAULT now(),
        ALTER COLUMN steps TYPE json, ALTER COLUMN data TYPE json, ALTER COLUMN failure TYPE json,
        SET (fillfactor = 50)`);
    await runner.query('UPDATE saga_instance SET wake_at = deadline_at');
    await runner.query('DROP INDEX saga_instance_deadline, saga_instance_open'); // saga_instance_status serves open ones, too
    await runner.query('CREATE INDEX saga_instance_wake ON saga_instance (wake_at) WHERE wake_at IS NOT NULL');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP INDEX saga_instance_wake');
    await runner.query(`
      CREATE INDEX saga_instance_open ON saga_instance (status, created_at, id)
      WHERE status IN ('RUNNING', 'COMPENSATING', 'COMPENSATION_FAILED')`);
    await runner.query(
      'CREATE INDEX saga_instance_deadline ON saga_instance (deadline_at) WHERE deadline_at IS NOT NULL',
    );
    await runner.query(`
      ALTER TABLE saga_instance
        DROP COLUMN wake_at,
        ALTER COLUMN steps TYPE jsonb, ALTER COLUMN data TYPE jsonb, ALTER COLUMN failure TYPE jsonb,
        RESET (fillfactor)`);
  }
}
