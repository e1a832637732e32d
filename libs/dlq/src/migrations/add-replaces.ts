import type { MigrationInterface, QueryRunner } from 'typeorm';

/** `replaces`: of an edited message, the id of the one that was published. A header could be any sender's; only an edit writes the column. */
export class AddReplaces1797800000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE held_message ADD COLUMN replaces text');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE held_message DROP COLUMN replaces');
  }
}
