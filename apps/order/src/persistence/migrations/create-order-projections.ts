import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Tables of projections that follow the events from the first one on: orders of before appear in them soon after the start. */
export class CreateOrderProjections1797300000200 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE customer_order (
        order_id       uuid        PRIMARY KEY,
        customer_id    text        NOT NULL,
        status         text        NOT NULL,
        units          bigint      NOT NULL,
        total_amount   bigint      NOT NULL,
        total_currency text        NOT NULL,
        placed_at      timestamptz NOT NULL,
        updated_at     timestamptz NOT NULL,
        failure_code   text
      )`);
    await runner.query('CREATE INDEX customer_order_placed ON customer_order (customer_id, placed_at, order_id)');
    await runner.query(
      'CREATE INDEX customer_order_status ON customer_order (customer_id, status, placed_at, order_id)',
    );
    // amount is numeric: a thousand orders of the largest total are more than a bigint holds.
    await runner.query(`
      CREATE TABLE daily_sales (
        day      date    NOT NULL,
        sku      text    NOT NULL,
        currency text    NOT NULL,
        orders   bigint  NOT NULL,
        units    numeric NOT NULL,
        amount   numeric NOT NULL,
        PRIMARY KEY (day, sku, currency)
      ) WITH (fillfactor = 50)`);
    await runner.query('CREATE INDEX daily_sales_sku ON daily_sales (sku, day, currency)');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE daily_sales, customer_order');
  }
}
