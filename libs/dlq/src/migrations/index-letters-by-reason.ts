import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Dead letters of one reason are listed by their keys, and found by one. */
export class IndexLettersByReason1795800300000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(
      `CREATE INDEX held_message_dead_reason ON held_message (consumer_group, reason, key_hash, seq) WHERE state = 'dead'`,
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP INDEX held_message_dead_reason');
  }
}
