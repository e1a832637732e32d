import { incidentMigrations } from '@waybill/database';
import type { MigrationClass } from '@waybill/database';
import { deadLetterMigrations } from '@waybill/dlq';
import { inboxMigrations } from '@waybill/idempotency';
import { outboxMigrations } from '@waybill/outbox';

import { CreateInventory1795600000300 } from './migrations/create-inventory.js';

/** Everything that the inventory service's database holds. */
export const inventoryMigrations: readonly MigrationClass[] = [
  ...outboxMigrations,
  ...inboxMigrations,
  ...deadLetterMigrations,
  ...incidentMigrations,
  CreateInventory1795600000300,
];
