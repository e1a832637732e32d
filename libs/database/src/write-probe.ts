import type { MigrationInterface, QueryRunner } from 'typeorm';

import type { Statement } from './statement.js';

/** One row, written by the process that asks whether the database takes writes. */
export class CreateWriteProbe1795800000100 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(
      'CREATE TABLE write_probe (id boolean PRIMARY KEY CHECK (id), written_at timestamptz NOT NULL) WITH (fillfactor = 10)',
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE write_probe');
  }
}

export const writeProbe: Statement = {
  name: 'database_write_probe',
  text: `
    INSERT INTO write_probe VALUES (true, clock_timestamp())
    ON CONFLICT (id) DO UPDATE SET written_at = excluded.written_at`,
};
