import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Leaves the primary key as the one index that serves to find orders by id. Lists by status had none until `IndexOrderLists`. */
export class KeepListsOffTheKey1797600000100 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query('DROP INDEX order_view_customer, order_view_status');
    await runner.query('CREATE INDEX order_view_customer ON order_view (customer_id)');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP INDEX order_view_customer');
    await runner.query('CREATE INDEX order_view_customer ON order_view (customer_id, id)');
    await runner.query('CREATE INDEX order_view_status ON order_view (status, id)');
  }
}
