import type { MigrationInterface, QueryRunner } from 'typeorm';

const FILTERS = { type: 'left(type, 100)', handler: 'handler', topic: 'topic', fingerprint: 'fingerprint' };
const SINCE = "(CASE WHEN state = 'dead' THEN updated_at ELSE held_at END)";

/** Each filter of the list of letters reads an index, whatever their state; before, only that of dead letters did. */
export class IndexLettersOfAnyState1796000100000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    for (const [name, expression] of Object.entries(FILTERS)) {
      await runner.query(`DROP INDEX held_message_dead_${name}`);
      await runner.query(
        `CREATE INDEX held_message_${name} ON held_message (consumer_group, ${expression}, state, seq)`,
      );
    }
    await runner.query('CREATE INDEX held_message_state ON held_message (consumer_group, state, seq)');
    await runner.query(`CREATE INDEX held_message_since ON held_message (consumer_group, ${SINCE})`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP INDEX held_message_since, held_message_state');
    for (const [name, expression] of Object.entries(FILTERS)) {
      await runner.query(`DROP INDEX held_message_${name}`);
      await runner.query(
        `CREATE INDEX held_message_dead_${name} ON held_message (consumer_group, ${expression}, seq) WHERE state = 'dead'`,
      );
    }
  }
}
