import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Each filter of the list of sagas reads one index in the list's order, however many sagas there are. */
export class IndexSagaLists1795800200100 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query('CREATE INDEX saga_instance_created ON saga_instance (created_at, id)');
    await runner.query('CREATE INDEX saga_instance_status ON saga_instance (status, created_at, id)');
    await runner.query('CREATE INDEX saga_instance_saga ON saga_instance (saga, created_at, id)');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP INDEX saga_instance_created, saga_instance_status, saga_instance_saga');
  }
}
