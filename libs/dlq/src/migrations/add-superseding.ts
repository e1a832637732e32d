import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * `superseded`: an undoing has come, so the message must never run. `undoes` names the commands that a held undoing undoes,
 * `superseded_by` is the message that did.
 */
export class AddSuperseding1795800100000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE held_message
        ADD COLUMN undoes text[],
        ADD COLUMN superseded_by text,
        DROP CONSTRAINT held_message_state_check,
        ADD CONSTRAINT held_message_state_check
          CHECK (state IN ('retrying', 'parked', 'dead', 'handled', 'discarded', 'superseded'))`);
    await runner.query(`
      CREATE INDEX held_message_undoing ON held_message (consumer_group, topic, key_hash, seq)
      WHERE undoes IS NOT NULL AND state IN ('retrying', 'parked', 'dead')`);
    await this.#indexEnded(runner, `'handled', 'discarded', 'superseded'`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`UPDATE held_message SET state = 'discarded' WHERE state = 'superseded'`);
    await this.#indexEnded(runner, `'handled', 'discarded'`);
    await runner.query('DROP INDEX held_message_undoing');
    await runner.query(`
      ALTER TABLE held_message
        DROP COLUMN undoes,
        DROP COLUMN superseded_by,
        DROP CONSTRAINT held_message_state_check,
        ADD CONSTRAINT held_message_state_check
          CHECK (state IN ('retrying', 'parked', 'dead', 'handled', 'discarded'))`);
  }

  async #indexEnded(runner: QueryRunner, states: string): Promise<void> {
    await runner.query('DROP INDEX held_message_ended');
    await runner.query(`
      CREATE INDEX held_message_ended ON held_message (consumer_group, updated_at) WHERE state IN (${states})`);
  }
}
