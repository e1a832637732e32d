import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * `consumer_process` has a row per living process, which holds an advisory lock of its number as long as it lives;
 * `crash_marker` has a row per message that a process has in hand, written only after a death, and per suspect (without
 * a process).
 */
export class CreateCrashMarker1795600320000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE consumer_process (
        consumer_group text NOT NULL,
        id integer NOT NULL,
        started_at timestamptz NOT NULL DEFAULT now(),
        died_at timestamptz,
        PRIMARY KEY (consumer_group, id)
      )`);
    await runner.query(`
      CREATE TABLE crash_marker (
        consumer_group text NOT NULL,
        source text NOT NULL,
        message_id text NOT NULL,
        process integer,
        alone boolean NOT NULL,
        suspect boolean NOT NULL DEFAULT false,
        deaths integer NOT NULL DEFAULT 0,
        marked_at timestamptz NOT NULL DEFAULT now(),
        PRIMARY KEY (consumer_group, source, message_id)
      )`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DROP TABLE crash_marker, consumer_process`);
  }
}
