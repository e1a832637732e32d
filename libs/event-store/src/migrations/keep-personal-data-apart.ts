import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * What events say of people stands beside their data, and can be erased: `data` is never rewritten. Rows of before keep theirs among
 * their data until they are erased. A replica of the release before reads an event of this one without its personal fields.
 */
export class KeepPersonalDataApart1797290000100 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE stored_event ADD COLUMN personal json, ADD COLUMN erased_at timestamptz');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      UPDATE stored_event SET data = (data::jsonb || personal::jsonb)::json WHERE personal IS NOT NULL`);
    await runner.query('ALTER TABLE stored_event DROP COLUMN personal, DROP COLUMN erased_at');
  }
}
