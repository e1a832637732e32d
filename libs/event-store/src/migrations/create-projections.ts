import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What is known of each projection, and why a subscription stands still. Tables that are being rebuilt are in a schema of their own. */
export class CreateProjections1797300000100 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE event_subscription
        ADD COLUMN failures integer NOT NULL DEFAULT 0,
        ADD COLUMN failure text,
        ADD COLUMN failed_at timestamptz`);
    await runner.query(`
      CREATE TABLE projection (
        name            text        PRIMARY KEY,
        version         integer     NOT NULL,
        built_at        timestamptz,
        rebuild_id      uuid,
        rebuild_state   text        CHECK (rebuild_state IN ('RUNNING', 'DONE', 'FAILED', 'CANCELLED')),
        rebuild_version integer,
        requested_by    text,
        reason          text,
        requested_at    timestamptz,
        ended_at        timestamptz,
        failure         text
      )`);
    await runner.query('CREATE SCHEMA projection_rebuild');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP SCHEMA projection_rebuild CASCADE');
    await runner.query('DROP TABLE projection');
    await runner.query(
      'ALTER TABLE event_subscription DROP COLUMN failures, DROP COLUMN failure, DROP COLUMN failed_at',
    );
  }
}
