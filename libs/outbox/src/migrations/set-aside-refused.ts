import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Rows that wait for a person: the one that the broker refuses for good, and the later ones of its key. They have left the
 * relay's index (`lane >= 0`) by a negative lane, -1 - lane, so that they cost no claim anything.
 */
export class SetAsideRefused1795800000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE outbox DROP CONSTRAINT outbox_lane_check');
    await runner.query(`
      CREATE TABLE outbox_refused (
        id uuid PRIMARY KEY,
        seq bigint NOT NULL,
        topic text NOT NULL,
        key bytea,
        key_hash integer NOT NULL,
        type text NOT NULL,
        reason text NOT NULL,
        refusals integer NOT NULL DEFAULT 1,
        refused_at timestamptz NOT NULL DEFAULT now(),
        outcome text CHECK (outcome IN ('retried', 'discarded')),
        ended_at timestamptz,
        ended_by text,
        ended_why text
      )`);
    await runner.query(
      'CREATE INDEX outbox_refused_key ON outbox_refused (key_hash, topic) WHERE outcome IS NULL AND key IS NOT NULL',
    );
    await runner.query('CREATE INDEX outbox_refused_waiting ON outbox_refused (refused_at, id) WHERE outcome IS NULL');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE outbox_refused');
    await runner.query('UPDATE outbox SET lane = -1 - lane WHERE lane < 0');
    await runner.query('ALTER TABLE outbox ADD CONSTRAINT outbox_lane_check CHECK (lane >= 0)');
  }
}
