import type { MigrationInterface, QueryRunner } from 'typeorm';

export class CreateShipment1795600000400 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE shipment (
        id uuid PRIMARY KEY,
        order_id text NOT NULL UNIQUE,
        status text NOT NULL CHECK (status IN ('PENDING', 'CREATED', 'REFUSED', 'CANCELLED')),
        tracking_number text,
        refusal_code text,
        refusal_message text,
        cancel_refusal_code text,
        cancel_refusal_message text,
        created_at timestamptz NOT NULL DEFAULT now(),
        updated_at timestamptz NOT NULL DEFAULT now()
      )`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE shipment');
  }
}
