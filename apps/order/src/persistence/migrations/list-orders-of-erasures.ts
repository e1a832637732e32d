import type { MigrationInterface, QueryRunner } from 'typeorm';

/** An erasure keeps saying which orders it was of, also once another one has erased them again. */
export class ListOrdersOfErasures1797300000300 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`ALTER TABLE erasure ADD COLUMN order_ids uuid[] NOT NULL DEFAULT '{}'`);
    await runner.query(`
      UPDATE erasure e SET order_ids = ARRAY(SELECT order_id FROM erased_order o WHERE o.erasure_id = e.id ORDER BY order_id)`);
    await runner.query('DROP INDEX erased_order_erasure');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('CREATE INDEX erased_order_erasure ON erased_order (erasure_id, order_id)');
    await runner.query('ALTER TABLE erasure DROP COLUMN order_ids');
  }
}
