import type { MigrationInterface, QueryRunner } from 'typeorm';

export class CreatePoints1795600000500 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query('CREATE TABLE points (order_id text PRIMARY KEY, points bigint NOT NULL)');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE points');
  }
}
