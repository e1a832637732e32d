import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Payloads are stored as they are, out of line: compressing JSON of this size costs more than it saves here. */
export class CreateClaimCheckPayload1795700000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE claim_check_payload (
        id uuid PRIMARY KEY,
        payload bytea NOT NULL,
        stored_at timestamptz NOT NULL DEFAULT now()
      ) WITH (autovacuum_vacuum_scale_factor = 0.02)`);
    await runner.query('ALTER TABLE claim_check_payload ALTER COLUMN payload SET STORAGE EXTERNAL');
    await runner.query('CREATE INDEX claim_check_payload_stored_at ON claim_check_payload (stored_at)');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE claim_check_payload');
  }
}
