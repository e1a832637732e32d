import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Where the broker had the message: the last link of its lineage. In the catalogue alone, so no row is written; replicas of the version
 * before leave both empty.
 */
export class KeepPositions1797100000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE inbox ADD COLUMN partition integer, ADD COLUMN position text');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE inbox DROP COLUMN partition, DROP COLUMN position');
  }
}
