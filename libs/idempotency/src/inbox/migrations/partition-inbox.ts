import type { MigrationInterface, QueryRunner } from 'typeorm';

const PARTITIONS = 8;

/**
 * Hash partitions by message id: an eighth of the rows, of the index and of each vacuum, whatever ids the senders use
 * (those that aren't UUIDv7 land anywhere in their index). A range by receive time would break the unique key: the same
 * message may come again on another day. Copies what is there, under a lock: for millions of rows, in a quiet hour.
 */
export class PartitionInbox1795700100000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE inbox RENAME TO inbox_unpartitioned');
    await runner.query('ALTER INDEX inbox_pkey RENAME TO inbox_unpartitioned_pkey');
    await runner.query('ALTER INDEX inbox_received_at RENAME TO inbox_unpartitioned_received_at');
    await runner.query(`
      CREATE TABLE inbox (
        consumer_group text NOT NULL,
        source text NOT NULL,
        message_id text NOT NULL,
        outcome text NOT NULL DEFAULT 'handled'
          CHECK (outcome IN ('handled', 'retrying', 'parked', 'dead', 'discarded')),
        received_at timestamptz NOT NULL DEFAULT now(),
        PRIMARY KEY (consumer_group, source, message_id)
      ) PARTITION BY HASH (message_id)`);
    for (let remainder = 0; remainder < PARTITIONS; remainder += 1) {
      await runner.query(`
        CREATE TABLE inbox_${remainder} PARTITION OF inbox FOR VALUES WITH (MODULUS ${PARTITIONS}, REMAINDER ${remainder})
        WITH (autovacuum_vacuum_scale_factor = 0.02)`);
    }
    await runner.query(`
      CREATE INDEX inbox_received_at ON inbox USING brin (received_at) WITH (pages_per_range = 32, autosummarize = on)`);
    await runner.query('INSERT INTO inbox SELECT * FROM inbox_unpartitioned');
    await runner.query('DROP TABLE inbox_unpartitioned');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE inbox RENAME TO inbox_partitioned');
    await runner.query(`
      CREATE TABLE inbox (LIKE inbox_partitioned INCLUDING DEFAULTS INCLUDING CONSTRAINTS)
      WITH (autovacuum_vacuum_scale_factor = 0.02)`);
    await runner.query('INSERT INTO inbox SELECT * FROM inbox_partitioned');
    await runner.query('DROP TABLE inbox_partitioned');
    await runner.query('ALTER TABLE inbox ADD CONSTRAINT inbox_pkey PRIMARY KEY (consumer_group, source, message_id)');
    await runner.query(`
      CREATE INDEX inbox_received_at ON inbox USING brin (received_at) WITH (pages_per_range = 32, autosummarize = on)`);
  }
}
