import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Who was shown the true data of a message, and why. It outlives the message: that somebody saw it stays true. */
export class AuditReveals1796200000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE outbox_reveal (
        id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        message_id uuid NOT NULL,
        who text NOT NULL,
        why text NOT NULL,
        at timestamptz NOT NULL DEFAULT now()
      )`);
    await runner.query('CREATE INDEX outbox_reveal_message ON outbox_reveal (message_id, id)');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE outbox_reveal');
  }
}
