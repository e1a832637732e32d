import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Who had what erased, when. Orders are named, customers never. */
export class CreateErasures1797290300100 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE erasure (
        id           uuid        PRIMARY KEY,
        requested_at timestamptz NOT NULL DEFAULT now(),
        who          text        NOT NULL,
        why          text        NOT NULL
      )`);
    await runner.query(`
      CREATE TABLE erased_order (
        order_id        uuid    PRIMARY KEY,
        erasure_id      uuid    NOT NULL REFERENCES erasure,
        payment_erased  boolean NOT NULL DEFAULT false,
        shipping_erased boolean NOT NULL DEFAULT false,
        payloads        uuid[]  NOT NULL -- of messages whose payloads may lie in the store
      )`);
    await runner.query('CREATE INDEX erased_order_erasure ON erased_order (erasure_id, order_id)');
    await runner.query(`CREATE INDEX erased_order_payloads ON erased_order (order_id) WHERE payloads <> '{}'`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE erased_order, erasure');
  }
}
