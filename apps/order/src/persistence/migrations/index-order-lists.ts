import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Lists by customer and by status walk an index from the newest order on. It holds the id as text, so that no plan takes it to find orders by
 * id (ADR 31). The old index is dropped last: that alone keeps others from reading.
 */
export class IndexOrderLists1797700000100 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query('CREATE INDEX order_view_of_customer ON order_view (customer_id, (id::text COLLATE "C"))');
    await runner.query('CREATE INDEX order_view_of_status ON order_view (status, (id::text COLLATE "C"))');
    await runner.query('DROP INDEX order_view_customer');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('CREATE INDEX order_view_customer ON order_view (customer_id)');
    await runner.query('DROP INDEX order_view_of_customer, order_view_of_status');
  }
}
