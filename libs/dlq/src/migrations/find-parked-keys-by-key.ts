import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Leaves the primary key as the one index that serves to find a parked key. That of the list ended with the same columns, and a plan made while few keys
 * were parked took it for each look-up. The list finds its place by `parked_key_age`, and sorts those that were parked at the same moment.
 */
export class FindParkedKeysByKey1797600000300 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query('DROP INDEX parked_key_place');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(
      'CREATE INDEX parked_key_place ON parked_key (consumer_group, parked_at, topic, key_hash, subscriber)',
    );
  }
}
