import type { MigrationInterface, QueryRunner } from 'typeorm';

/** When anybody last evaluated the rules, and the time before that: a gap between the two is a time of which nothing is known. */
export class WatchIncidents1797500000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(
      'CREATE TABLE incident_watch (id boolean PRIMARY KEY CHECK (id), watched_at timestamptz, before timestamptz) WITH (fillfactor = 10)',
    );
    await runner.query('INSERT INTO incident_watch (id) VALUES (true)');
    await runner.query('CREATE INDEX alert_incident_started ON alert_incident (started_at, id)');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP INDEX alert_incident_started');
    await runner.query('DROP TABLE incident_watch');
  }
}
