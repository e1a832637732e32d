import type { MigrationInterface, QueryRunner } from 'typeorm';

export class CreateHttpIdempotency1764000000200 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE http_idempotency (
        request_hash bytea       PRIMARY KEY CHECK (length(request_hash) = 32),
        fingerprint  bytea       NOT NULL,
        status       smallint    NOT NULL,
        headers      json        NOT NULL,
        body         bytea       NOT NULL,
        answered_at  timestamptz NOT NULL DEFAULT now()
      )`);
    await runner.query('CREATE INDEX http_idempotency_answered_at ON http_idempotency (answered_at)');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE http_idempotency');
  }
}
