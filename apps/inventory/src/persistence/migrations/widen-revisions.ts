import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Revisions are milliseconds since 1970. */
export class WidenRevisions1796200000300 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE product ALTER COLUMN revision TYPE bigint');
    await runner.query('ALTER TABLE catalogue ALTER COLUMN revision TYPE bigint');
  }

  async down(): Promise<void> {
    // An integer can't hold them.
  }
}
