import type { MigrationInterface, QueryRunner } from 'typeorm';

export class CreateInventory1795600000300 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE product (
        sku text PRIMARY KEY,
        name text NOT NULL,
        price bigint NOT NULL CHECK (price >= 0),
        currency text NOT NULL,
        revision integer NOT NULL CHECK (revision >= 1)
      )`);
    await runner.query(`
      CREATE TABLE stock (
        sku text PRIMARY KEY REFERENCES product,
        on_hand bigint NOT NULL CHECK (on_hand BETWEEN 0 AND 9000000000000000),
        reserved bigint NOT NULL DEFAULT 0 CHECK (reserved >= 0),
        CHECK (reserved <= on_hand)
      ) WITH (fillfactor = 50)`);
    await runner.query(`
      CREATE TABLE reservation (
        id uuid PRIMARY KEY,
        order_id text NOT NULL UNIQUE,
        status text NOT NULL CHECK (status IN ('RESERVED', 'REJECTED', 'RELEASED', 'COMMITTED')),
        items jsonb NOT NULL,
        shortages jsonb NOT NULL,
        created_at timestamptz NOT NULL DEFAULT now(),
        updated_at timestamptz NOT NULL DEFAULT now()
      )`);
    await runner.query('CREATE TABLE stock_book (id text PRIMARY KEY)');
    await runner.query(`INSERT INTO stock_book VALUES ('stock')`);
    await runner.query('CREATE TABLE catalogue (id text PRIMARY KEY, revision integer NOT NULL)');
    await runner.query(`INSERT INTO catalogue VALUES ('catalogue', 0)`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE catalogue, stock_book, reservation, stock, product');
  }
}
