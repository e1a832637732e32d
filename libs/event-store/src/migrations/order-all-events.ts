import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Gives every event a position among all. Events that are there get theirs in the order in which they were recorded, no stream's out of its
 * own order: a transaction that began earlier may have appended later.
 */
export class OrderAllEvents1797200000100 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE stored_event ADD COLUMN position bigint');
    await runner.query(`
      UPDATE stored_event e SET position = numbered.position
      FROM (
        SELECT stream_id, version, row_number() OVER (ORDER BY at, stream_id, version) AS position
        FROM (
          SELECT stream_id, version, max(recorded_at) OVER (PARTITION BY stream_id ORDER BY version) AS at FROM stored_event
        ) AS recorded
      ) AS numbered
      WHERE e.stream_id = numbered.stream_id AND e.version = numbered.version`);
    await runner.query('ALTER TABLE stored_event ALTER COLUMN position SET NOT NULL');
    await runner.query('ALTER TABLE stored_event ALTER COLUMN position ADD GENERATED ALWAYS AS IDENTITY');
    await runner.query(`
      SELECT setval(pg_get_serial_sequence('stored_event', 'position'), coalesce(max(position), 0) + 1, false)
      FROM stored_event`);
    await runner.query('CREATE UNIQUE INDEX stored_event_position ON stored_event (position)');
    await runner.query(`
      CREATE TABLE event_subscription (
        name       text        PRIMARY KEY,
        position   bigint      NOT NULL DEFAULT 0,
        owner      uuid,
        epoch      bigint      NOT NULL DEFAULT 0,
        expires_at timestamptz NOT NULL DEFAULT '-infinity'
      ) WITH (fillfactor = 50)`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE event_subscription');
    await runner.query('ALTER TABLE stored_event DROP COLUMN position');
  }
}
