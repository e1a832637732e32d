import type { MigrationInterface, QueryRunner } from 'typeorm';

/** One row for what a transaction did to an order, instead of one an entry. Rows of before stay as they are, and are read. */
export class RecordTimelineByTransaction1797000000100 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE timeline_entry
        ADD COLUMN entries json,
        ALTER COLUMN at DROP NOT NULL, ALTER COLUMN service DROP NOT NULL,
        ALTER COLUMN kind DROP NOT NULL, ALTER COLUMN type DROP NOT NULL`);
  }

  async down(): Promise<void> {
    // The release before can't read what this one has recorded; it can record beside it.
  }
}
