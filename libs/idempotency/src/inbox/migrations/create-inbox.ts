import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Message ids are UUIDv7, so rows of one source are added at the right edge of the primary key: its cost stays the same
 * however many rows lie behind. Receive times grow with the pages, so a BRIN index finds what is old for next to nothing.
 */
export class CreateInbox1795600100000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE inbox (
        consumer_group text NOT NULL,
        source text NOT NULL,
        message_id text NOT NULL,
        outcome text NOT NULL DEFAULT 'handled'
          CHECK (outcome IN ('handled', 'retrying', 'parked', 'dead', 'discarded')),
        received_at timestamptz NOT NULL DEFAULT now(),
        PRIMARY KEY (consumer_group, source, message_id)
      ) WITH (autovacuum_vacuum_scale_factor = 0.02)`);
    await runner.query(`
      CREATE INDEX inbox_received_at ON inbox USING brin (received_at) WITH (pages_per_range = 32, autosummarize = on)`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE inbox');
  }
}
