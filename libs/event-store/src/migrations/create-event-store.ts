import type { MigrationInterface, QueryRunner } from 'typeorm';

export class CreateEventStore1764000000100 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    // json, not jsonb: it keeps the text as it was written, NUL and lone surrogates included, and costs less to write.
    await runner.query(`
      CREATE TABLE stored_event (
        stream_id      text        NOT NULL,
        version        integer     NOT NULL CHECK (version > 0),
        schema_version integer     NOT NULL CHECK (schema_version > 0),
        type           text        NOT NULL,
        data           json        NOT NULL,
        metadata       json,
        recorded_at    timestamptz NOT NULL DEFAULT now(),
        PRIMARY KEY (stream_id, version)
      )`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE stored_event');
  }
}
