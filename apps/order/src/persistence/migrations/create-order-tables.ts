import type { MigrationInterface, QueryRunner } from 'typeorm';

export class CreateOrderTables1795600000100 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    // An id is a UUIDv7 made at placed_at, so the order of ids is the order of placing: lists need no other key.
    await runner.query(`
      CREATE TABLE order_view (
        id              uuid        PRIMARY KEY,
        status          text        NOT NULL,
        customer_id     text        NOT NULL,
        items           json        NOT NULL,
        total_amount    bigint      NOT NULL,
        total_currency  text        NOT NULL,
        placed_at       timestamptz NOT NULL,
        updated_at      timestamptz NOT NULL,
        failure_step    text,
        failure_code    text,
        failure_message text
      )`);
    await runner.query('CREATE INDEX order_view_customer ON order_view (customer_id, id)');
    await runner.query('CREATE INDEX order_view_status ON order_view (status, id)');
    await runner.query(`
      CREATE TABLE timeline_entry (
        order_id     uuid        NOT NULL,
        seq          bigint      GENERATED ALWAYS AS IDENTITY,
        at           timestamptz NOT NULL,
        service      text        NOT NULL,
        kind         text        NOT NULL,
        type         text        NOT NULL,
        message_id   text,
        causation_id text,
        detail       json,
        PRIMARY KEY (order_id, seq)
      )`);
    await runner.query(`
      CREATE TABLE catalogue_product (
        sku      text    PRIMARY KEY,
        name     text    NOT NULL,
        amount   bigint  NOT NULL,
        currency text    NOT NULL,
        revision integer NOT NULL
      )`);
    await runner.query(`
      CREATE TABLE catalogue_publication (
        singleton boolean PRIMARY KEY DEFAULT true CHECK (singleton),
        products integer NOT NULL,
        revision integer NOT NULL
      )`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE catalogue_publication, catalogue_product, timeline_entry, order_view');
  }
}
