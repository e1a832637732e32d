import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Revisions are milliseconds since 1970. */
export class WidenCatalogueRevisions1796200000100 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE catalogue_product ALTER COLUMN revision TYPE bigint');
    await runner.query('ALTER TABLE catalogue_publication ALTER COLUMN revision TYPE bigint');
  }

  async down(): Promise<void> {
    // An integer can't hold them.
  }
}
