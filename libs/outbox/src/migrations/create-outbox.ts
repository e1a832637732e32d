import type { MigrationInterface, QueryRunner } from 'typeorm';

export class CreateOutbox1763000000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    // No index on seq alone: with one, the planner would walk all published rows in search of unpublished ones.
    // id, aggregatetype, aggregateid, type and payload are the columns of Debezium's outbox event router.
    await runner.query(`
      CREATE TABLE outbox (
        id uuid PRIMARY KEY,
        seq bigint GENERATED ALWAYS AS IDENTITY,
        aggregatetype text NOT NULL,
        aggregateid text NOT NULL,
        type text NOT NULL,
        payload bytea NOT NULL,
        topic text NOT NULL,
        key bytea,
        key_hash integer NOT NULL,
        lane smallint NOT NULL CHECK (lane >= 0),
        source text NOT NULL,
        subject text,
        time text NOT NULL,
        correlationid text NOT NULL,
        causationid text,
        traceparent text,
        created_at timestamptz NOT NULL DEFAULT now(),
        published_at timestamptz
      ) WITH (autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_insert_scale_factor = 0.2)`);
    // Their predicates differ so that no statement can use the wrong one: while both are empty they cost the same, and a
    // plan made then lives on in prepared statements when there is a backlog.
    await runner.query(
      'CREATE INDEX outbox_unpublished ON outbox (topic, lane, seq) WHERE published_at IS NULL AND lane >= 0',
    );
    await runner.query(
      'CREATE INDEX outbox_unpublished_key ON outbox (key_hash, seq) WHERE published_at IS NULL AND key IS NOT NULL',
    );
    await runner.query(`
      CREATE TABLE outbox_lease (
        topic text NOT NULL,
        lane smallint NOT NULL,
        owner uuid,
        epoch bigint NOT NULL DEFAULT 0,
        expires_at timestamptz NOT NULL DEFAULT '-infinity',
        PRIMARY KEY (topic, lane)
      ) WITH (fillfactor = 50)`);
    await runner.query('CREATE TABLE outbox_relay (owner uuid PRIMARY KEY, expires_at timestamptz NOT NULL)');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE outbox_relay, outbox_lease, outbox');
  }
}
