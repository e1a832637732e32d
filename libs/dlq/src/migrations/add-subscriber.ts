import type { MigrationInterface, QueryRunner } from 'typeorm';

const OPEN = "WHERE state IN ('retrying', 'parked', 'dead')";

/**
 * Handlers of one event hold messages back, and the order of their keys, each for itself; the handler without a name keeps the
 * empty one, so what is there keeps its meaning. The default is in the catalogue, so no row is written.
 */
export class AddSubscriber1796100200000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    for (const table of ['held_message', 'parked_key', 'crash_marker']) {
      await runner.query(`ALTER TABLE ${table} ADD COLUMN subscriber text NOT NULL DEFAULT ''`);
    }
    await replaceKeys(runner, ', subscriber');
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const table of ['held_message', 'parked_key', 'crash_marker']) {
      await runner.query(`DELETE FROM ${table} WHERE subscriber <> ''`);
    }
    await replaceKeys(runner, '');
    for (const table of ['held_message', 'parked_key', 'crash_marker']) {
      await runner.query(`ALTER TABLE ${table} DROP COLUMN subscriber`);
    }
  }
}

async function replaceKeys(runner: QueryRunner, subscriber: string): Promise<void> {
  const identity = 'held_message_consumer_group_source_message_id_key';
  await runner.query(`
    ALTER TABLE held_message DROP CONSTRAINT ${identity},
      ADD CONSTRAINT ${identity} UNIQUE (consumer_group, source, message_id${subscriber})`);
  await runner.query(`
    ALTER TABLE parked_key DROP CONSTRAINT parked_key_pkey,
      ADD CONSTRAINT parked_key_pkey PRIMARY KEY (consumer_group, topic, key_hash${subscriber})`);
  await runner.query(`
    ALTER TABLE crash_marker DROP CONSTRAINT crash_marker_pkey,
      ADD CONSTRAINT crash_marker_pkey PRIMARY KEY (consumer_group, source, message_id${subscriber})`);
  await runner.query('DROP INDEX held_message_open, parked_key_place');
  await runner.query(`
    CREATE INDEX held_message_open ON held_message (consumer_group, topic, key_hash${subscriber}, seq) ${OPEN}`);
  await runner.query(`
    CREATE INDEX parked_key_place ON parked_key (consumer_group, parked_at, topic, key_hash${subscriber})`);
}
