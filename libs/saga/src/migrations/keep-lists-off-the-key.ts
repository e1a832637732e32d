import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * The indexes of lists end with the id in another collation than the primary key's, so none of them serves to find rows by id. A plan made while the
 * table was small took one: it read that index once for every row of a batch, until the next ANALYZE.
 */
export class KeepListsOffTheKey1797600000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await indexLists(runner, 'id COLLATE "C"');
  }

  async down(runner: QueryRunner): Promise<void> {
    await indexLists(runner, 'id');
  }
}

async function indexLists(runner: QueryRunner, id: string): Promise<void> {
  await runner.query('DROP INDEX saga_instance_created, saga_instance_status, saga_instance_saga');
  await runner.query(`CREATE INDEX saga_instance_created ON saga_instance (created_at, ${id})`);
  await runner.query(`CREATE INDEX saga_instance_status ON saga_instance (status, created_at, ${id})`);
  await runner.query(`CREATE INDEX saga_instance_saga ON saga_instance (saga, created_at, ${id})`);
}
