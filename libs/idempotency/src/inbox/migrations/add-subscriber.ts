import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Handlers of one event have a row each for a message; the handler without a name keeps the empty one, so what is there
 * keeps its meaning. The default is in the catalogue, so no row is written; the key's index is built again, under a lock: for
 * millions of rows, in a quiet hour.
 */
export class AddSubscriber1796100100000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`ALTER TABLE inbox ADD COLUMN subscriber text NOT NULL DEFAULT ''`);
    await replaceKey(runner, 'consumer_group, source, message_id, subscriber');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DELETE FROM inbox WHERE subscriber <> ''`);
    await replaceKey(runner, 'consumer_group, source, message_id');
    await runner.query('ALTER TABLE inbox DROP COLUMN subscriber');
  }
}

async function replaceKey(runner: QueryRunner, columns: string): Promise<void> {
  await runner.query(`
    ALTER TABLE inbox DROP CONSTRAINT inbox_pkey, ADD CONSTRAINT inbox_pkey PRIMARY KEY (${columns})`);
}
