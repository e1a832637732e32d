import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Positions are whole numbers of any size; brokers count with 63 or 64 bits. */
export class CreateLaneLedger1795800100000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE lane_position (
        consumer_group text NOT NULL,
        topic text NOT NULL,
        partition integer NOT NULL,
        next_position numeric(30) NOT NULL,
        confirmed_position numeric(30),
        updated_at timestamptz NOT NULL DEFAULT now(),
        PRIMARY KEY (consumer_group, topic, partition)
      ) WITH (fillfactor = 50)`);
    // Goes with every copy and every backup of the database; a newly created database has another.
    await runner.query('CREATE TABLE installation (id uuid NOT NULL)');
    await runner.query('INSERT INTO installation VALUES (gen_random_uuid())');
    await runner.query(`
      CREATE TABLE lane_adoption (
        consumer_group text NOT NULL,
        owner uuid NOT NULL,
        adopted_at timestamptz NOT NULL DEFAULT now(),
        adopted_by text NOT NULL,
        reason text NOT NULL,
        PRIMARY KEY (consumer_group, owner)
      )`);
    await runner.query(`
      CREATE TABLE lane_issue (
        id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        consumer_group text NOT NULL,
        topic text NOT NULL,
        partition integer NOT NULL,
        kind text NOT NULL CHECK (kind IN ('foreign', 'lost', 'replaced', 'rewound', 'skipped', 'topic-lost', 'unreadable')),
        first_position numeric(30) NOT NULL,
        next_position numeric(30) NOT NULL,
        reason text NOT NULL,
        owner uuid,
        found_at timestamptz NOT NULL DEFAULT now(),
        settled_at timestamptz,
        settled_by text,
        settled_reason text
      )`);
    await runner.query(`
      CREATE UNIQUE INDEX lane_issue_open ON lane_issue (consumer_group, topic, partition, kind, next_position)
      WHERE settled_at IS NULL`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE lane_issue, lane_adoption, installation, lane_position');
  }
}
