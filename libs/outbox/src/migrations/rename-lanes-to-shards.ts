import type { MigrationInterface, QueryRunner } from 'typeorm';

/** A lane is the broker's; what relays share are shards. Takes no longer than its locks; older replicas fail until they are replaced. */
export class RenameLanesToShards1796000000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE outbox RENAME COLUMN lane TO shard');
    await runner.query('ALTER TABLE outbox_lease RENAME COLUMN lane TO shard');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE outbox_lease RENAME COLUMN shard TO lane');
    await runner.query('ALTER TABLE outbox RENAME COLUMN shard TO lane');
  }
}
