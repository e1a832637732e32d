import type { MigrationInterface, QueryRunner } from 'typeorm';

/** A row per incident. At most one of a rule and subject is open, whichever replica saw it first. */
export class CreateAlertIncident1795600300000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE alert_incident (
        id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
        rule text NOT NULL,
        subject text NOT NULL,
        severity text NOT NULL,
        summary text NOT NULL,
        value double precision NOT NULL,
        peak double precision NOT NULL,
        threshold double precision NOT NULL,
        started_at timestamptz NOT NULL DEFAULT clock_timestamp(),
        seen_at timestamptz NOT NULL DEFAULT clock_timestamp(),
        ended_at timestamptz,
        firing_sent_at timestamptz,
        resolved_sent_at timestamptz,
        claimed_until timestamptz NOT NULL DEFAULT '-infinity'
      )`);
    await runner.query(
      'CREATE UNIQUE INDEX alert_incident_open ON alert_incident (rule, subject) WHERE ended_at IS NULL',
    );
    await runner.query(
      'CREATE INDEX alert_incident_unsent ON alert_incident (started_at) WHERE resolved_sent_at IS NULL',
    );
    await runner.query('CREATE INDEX alert_incident_ended ON alert_incident (ended_at) WHERE ended_at IS NOT NULL');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE alert_incident');
  }
}
