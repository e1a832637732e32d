import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What the services of the lessons write, by run and side. */
export class CreateLessonBooks1796500000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    const whose = "run text NOT NULL, side text NOT NULL CHECK (side IN ('naive', 'waybill'))";
    await runner.query(`
      CREATE TABLE lesson_order (${whose}, token text NOT NULL, state text NOT NULL, address text,
        PRIMARY KEY (run, side, token));
      CREATE TABLE lesson_charge (seq bigserial PRIMARY KEY, ${whose}, token text NOT NULL, amount int NOT NULL);
      CREATE TABLE lesson_reservation (${whose}, token text NOT NULL, PRIMARY KEY (run, side, token));
      CREATE TABLE lesson_parcel (seq bigserial PRIMARY KEY, ${whose}, token text NOT NULL, grams int NOT NULL);
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE lesson_order, lesson_charge, lesson_reservation, lesson_parcel');
  }
}
