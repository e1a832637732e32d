import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Which erasures somebody has yet to confirm is asked by operators; the index holds the few orders that they wait for. */
export class IndexPendingErasures1797710000100 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE INDEX erased_order_pending ON erased_order (erasure_id)
      WHERE NOT payment_erased OR NOT shipping_erased OR payloads <> '{}'`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP INDEX erased_order_pending');
  }
}
