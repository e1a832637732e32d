import type { MigrationInterface, QueryRunner } from 'typeorm';

export class CreatePayment1795600000200 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE payment (
        id uuid PRIMARY KEY,
        order_id text NOT NULL UNIQUE,
        status text NOT NULL CHECK (status IN ('PENDING', 'CHARGED', 'DECLINED', 'REFUNDED', 'FAILED')),
        amount bigint NOT NULL CHECK (amount >= 0),
        currency text NOT NULL,
        payment_method text NOT NULL,
        charge_id text,
        decline_code text,
        decline_message text,
        refunded_amount bigint NOT NULL DEFAULT 0 CHECK (refunded_amount BETWEEN 0 AND amount),
        refund_refusal_code text,
        refund_refusal_message text,
        created_at timestamptz NOT NULL DEFAULT now(),
        updated_at timestamptz NOT NULL DEFAULT now()
      )`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE payment');
  }
}
