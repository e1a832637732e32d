import { incidentMigrations } from '@waybill/database';
import type { MigrationClass } from '@waybill/database';
import { deadLetterMigrations } from '@waybill/dlq';
import { inboxMigrations } from '@waybill/idempotency';
import { outboxMigrations } from '@waybill/outbox';

import { CreateShipment1795600000400 } from './migrations/create-shipment.js';

/** Everything that the shipping service's database holds. */
export const shippingMigrations: readonly MigrationClass[] = [
  ...outboxMigrations,
  ...inboxMigrations,
  ...deadLetterMigrations,
  ...incidentMigrations,
  CreateShipment1795600000400,
];
