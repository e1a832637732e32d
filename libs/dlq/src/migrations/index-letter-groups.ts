import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Groups of dead letters are read by hopping from one to the next, and how many died when by the time in which they did; the text ''
 * stands for none, as an index compares no nulls. A run keeps what it was asked for, so that somebody else can continue it, and its
 * letters are listed by outcome.
 */
export class IndexLetterGroups1796200000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE INDEX held_message_group ON held_message (consumer_group, coalesce(fingerprint, ''), left(coalesce(type, ''), 100),
        coalesce(handler, ''), updated_at) WHERE state = 'dead'`);
    await runner.query('ALTER TABLE replay_run ADD COLUMN filter jsonb');
    await runner.query('CREATE INDEX replay_run_started ON replay_run (consumer_group, started_at, id)');
    await runner.query('DROP INDEX dead_letter_action_run');
    await runner.query(
      'CREATE INDEX dead_letter_action_run ON dead_letter_action (run, outcome, held_seq) WHERE run IS NOT NULL',
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP INDEX held_message_group, replay_run_started, dead_letter_action_run');
    await runner.query(
      'CREATE INDEX dead_letter_action_run ON dead_letter_action (run, outcome) WHERE run IS NOT NULL',
    );
    await runner.query('ALTER TABLE replay_run DROP COLUMN filter');
  }
}
