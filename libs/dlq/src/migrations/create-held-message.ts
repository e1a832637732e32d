import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * `held_message` keeps what can't be handled now; `seq` is the order within a key, because later messages of a key are
 * added only in transactions that saw the park. Bytes stay bytes: text and jsonb refuse NUL and lone surrogates.
 * Keys are indexed by their hash, because an index entry ends at 2.7 KB and a key doesn't; no key, or an empty one, has none.
 */
export class CreateHeldMessage1795600200000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE held_message (
        seq bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        consumer_group text NOT NULL,
        source text NOT NULL,
        message_id text NOT NULL,
        type text,
        handler text,
        topic text NOT NULL,
        partition integer NOT NULL,
        position text NOT NULL,
        timestamp_ms bigint NOT NULL,
        key bytea,
        key_hash bytea GENERATED ALWAYS AS (CASE WHEN length(key) > 0 THEN sha256(key) END) STORED,
        headers bytea NOT NULL,
        value bytea,
        state text NOT NULL CHECK (state IN ('retrying', 'parked', 'dead', 'handled', 'discarded')),
        attempts integer NOT NULL,
        reason text,
        first_error text,
        last_error text,
        fingerprint text,
        next_attempt_at timestamptz,
        claimed_until timestamptz,
        service_version text NOT NULL,
        held_at timestamptz NOT NULL DEFAULT now(),
        updated_at timestamptz NOT NULL DEFAULT now(),
        UNIQUE (consumer_group, source, message_id)
      )`);
    await runner.query(`
      CREATE INDEX held_message_open ON held_message (consumer_group, topic, key_hash, seq)
      WHERE state IN ('retrying', 'parked', 'dead')`);
    await runner.query(`
      CREATE INDEX held_message_retrying ON held_message (consumer_group, seq) WHERE state = 'retrying'`);
    await runner.query(`CREATE INDEX held_message_dead ON held_message (consumer_group, seq) WHERE state = 'dead'`);
    await runner.query(`
      CREATE TABLE parked_key (
        consumer_group text NOT NULL,
        topic text NOT NULL,
        key bytea NOT NULL,
        key_hash bytea GENERATED ALWAYS AS (sha256(key)) STORED,
        parked_at timestamptz NOT NULL DEFAULT now(),
        PRIMARY KEY (consumer_group, topic, key_hash)
      )`);
    await runner.query(`
      CREATE TABLE dead_letter_action (
        id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        held_seq bigint NOT NULL REFERENCES held_message (seq) ON DELETE CASCADE,
        action text NOT NULL CHECK (action IN ('replay', 'discard')),
        who text NOT NULL,
        why text NOT NULL,
        at timestamptz NOT NULL DEFAULT now()
      )`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DROP TABLE dead_letter_action, parked_key, held_message`);
  }
}
