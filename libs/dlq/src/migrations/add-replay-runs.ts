import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Replays in runs: an action of a run says what became of its letter, so a run can be counted, resumed and asked for
 * twice. `dead_letter_action_open` has the replays that haven't ended; the one that ends one finds it there.
 * Audits go with their letter, because an edit's keeps the old payload, and personal data must not outlive its purpose.
 */
export class AddReplayRuns1795600220000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE replay_run (
        id uuid PRIMARY KEY,
        consumer_group text NOT NULL,
        who text NOT NULL,
        why text NOT NULL,
        started_at timestamptz NOT NULL DEFAULT now()
      )`);
    await runner.query(`ALTER TABLE held_message ADD COLUMN replay_run uuid`);
    await runner.query(`
      ALTER TABLE dead_letter_action
        DROP CONSTRAINT dead_letter_action_action_check,
        ADD CONSTRAINT dead_letter_action_action_check CHECK (action IN ('replay', 'discard', 'edit', 'reveal')),
        ADD COLUMN run uuid REFERENCES replay_run (id) ON DELETE CASCADE,
        ADD COLUMN outcome text CHECK (outcome IN ('replayed', 'failed', 'skipped')),
        ADD COLUMN ended_at timestamptz,
        ADD COLUMN detail jsonb,
        ADD COLUMN old_headers bytea,
        ADD COLUMN old_value bytea`);
    await runner.query(`CREATE INDEX dead_letter_action_letter ON dead_letter_action (held_seq, run)`);
    await runner.query(
      `CREATE INDEX dead_letter_action_run ON dead_letter_action (run, outcome) WHERE run IS NOT NULL`,
    );
    await runner.query(`
      CREATE INDEX dead_letter_action_open ON dead_letter_action (held_seq)
      WHERE outcome IS NULL AND action IN ('replay', 'edit')`);
    await runner.query(`CREATE INDEX held_message_key ON held_message (key_hash, seq)`);
    await runner.query(`
      CREATE INDEX held_message_ended ON held_message (consumer_group, updated_at)
      WHERE state IN ('handled', 'discarded')`);
    await runner.query(`CREATE INDEX parked_key_place ON parked_key (consumer_group, parked_at, topic, key_hash)`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DROP INDEX parked_key_place, held_message_ended, held_message_key, dead_letter_action_letter`);
    await runner.query(`DELETE FROM dead_letter_action WHERE action IN ('edit', 'reveal')`);
    await runner.query(`
      ALTER TABLE dead_letter_action
        DROP COLUMN run, DROP COLUMN outcome, DROP COLUMN ended_at, DROP COLUMN detail, DROP COLUMN old_headers,
        DROP COLUMN old_value,
        DROP CONSTRAINT dead_letter_action_action_check,
        ADD CONSTRAINT dead_letter_action_action_check CHECK (action IN ('replay', 'discard'))`);
    await runner.query(`ALTER TABLE held_message DROP COLUMN replay_run`);
    await runner.query(`DROP TABLE replay_run`);
  }
}
