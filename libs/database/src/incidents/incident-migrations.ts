import type { MigrationClass } from '../create-data-source.js';
import { CreateAlertIncident1795600300000 } from './create-alert-incident.js';

/** For the `migrations` of the service's DatabaseModule, where {@link PostgresIncidents} is used. */
export const incidentMigrations: readonly MigrationClass[] = [CreateAlertIncident1795600300000];
