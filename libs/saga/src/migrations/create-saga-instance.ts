import type { MigrationInterface, QueryRunner } from 'typeorm';

/** One row per running process. `id` leads the key: rows are locked by it alone. */
export class CreateSagaInstance1795600000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE saga_instance (
        id text NOT NULL,
        saga text NOT NULL,
        version integer NOT NULL,
        status text NOT NULL,
        step text NOT NULL,
        steps jsonb NOT NULL,
        data jsonb NOT NULL,
        failure jsonb,
        deadline_at timestamptz,
        revision integer NOT NULL,
        correlation_id text,
        traceparent text,
        created_at timestamptz NOT NULL,
        updated_at timestamptz NOT NULL,
        PRIMARY KEY (id, saga)
      )`);
    await runner.query(
      `CREATE INDEX saga_instance_deadline ON saga_instance (deadline_at) WHERE deadline_at IS NOT NULL`,
    );
    await runner.query(`
      CREATE INDEX saga_instance_open ON saga_instance (status, created_at, id)
      WHERE status IN ('RUNNING', 'COMPENSATING', 'COMPENSATION_FAILED')`);
    // A save that doesn't find the revision it was decided on must undo the whole transaction, although it travels with COMMIT.
    await runner.query(`
      CREATE FUNCTION saga_require_saved(expected bigint, saved bigint) RETURNS void LANGUAGE plpgsql AS $$
      BEGIN
        IF saved <> expected THEN
          RAISE EXCEPTION '% of % saga instances were changed by somebody else', expected - saved, expected
            USING ERRCODE = 'serialization_failure';
        END IF;
      END $$`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP FUNCTION saga_require_saved(bigint, bigint)');
    await runner.query('DROP TABLE saga_instance');
  }
}
