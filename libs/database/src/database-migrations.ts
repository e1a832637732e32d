import type { MigrationClass } from './create-data-source.js';
import { CreateAlertIncident1795600300000 } from './incidents/create-alert-incident.js';
import { WatchIncidents1797500000000 } from './incidents/watch-incidents.js';
import { CreateWriteProbe1795800000100 } from './write-probe.js';

/** What `Database.checkWritable` and `PostgresIncidents` need. */
export const databaseMigrations: readonly MigrationClass[] = [
  CreateAlertIncident1795600300000,
  CreateWriteProbe1795800000100,
  WatchIncidents1797500000000,
];
