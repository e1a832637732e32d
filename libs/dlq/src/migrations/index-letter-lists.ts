import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Senders choose types, and an index takes no long text: the beginning leads to the few that share it. */
const FILTERS = { type: 'left(type, 100)', handler: 'handler', topic: 'topic', fingerprint: 'fingerprint' };

/** Each filter of the list of dead letters reads one index in the list's order, however many letters there are. */
export class IndexLetterLists1795800200000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    for (const [name, expression] of Object.entries(FILTERS)) {
      await runner.query(
        `CREATE INDEX held_message_dead_${name} ON held_message (consumer_group, ${expression}, seq) WHERE state = 'dead'`,
      );
    }
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(
      `DROP INDEX ${Object.keys(FILTERS)
        .map((name) => `held_message_dead_${name}`)
        .join(', ')}`,
    );
  }
}
