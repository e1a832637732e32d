import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What people did to this service, an act a row, however much it was about. `subject`: what they acted on, where it is one thing;
 * `key`: of which order, where it is about one. */
export class CreateOperatorAct1797500000100 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE operator_act (
        id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        at timestamptz NOT NULL DEFAULT clock_timestamp(),
        act text NOT NULL,
        who text,
        why text,
        subject text,
        key text,
        detail jsonb NOT NULL
      )`);
    await runner.query('CREATE INDEX operator_act_key ON operator_act (key) WHERE key IS NOT NULL');
    await runner.query('CREATE INDEX operator_act_at ON operator_act (at)');
    await runner.query(
      `CREATE UNIQUE INDEX operator_act_run ON operator_act (subject) WHERE act = 'dead-letters.replay'`,
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE operator_act');
  }
}
