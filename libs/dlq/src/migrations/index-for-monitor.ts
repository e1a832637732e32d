import type { MigrationInterface, QueryRunner } from 'typeorm';

/** For what the monitor asks each few seconds: which letters are new, and which key has been parked for longest. */
export class IndexForMonitor1795600310000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(
      `CREATE INDEX held_message_died ON held_message (consumer_group, updated_at) WHERE state = 'dead'`,
    );
    await runner.query('CREATE INDEX parked_key_age ON parked_key (consumer_group, parked_at)');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP INDEX held_message_died');
    await runner.query('DROP INDEX parked_key_age');
  }
}
