import { incidentMigrations } from '@waybill/database';
import type { MigrationClass } from '@waybill/database';
import { deadLetterMigrations } from '@waybill/dlq';
import { eventStoreMigrations } from '@waybill/event-store';
import { httpIdempotencyMigrations, inboxMigrations } from '@waybill/idempotency';
import { outboxMigrations } from '@waybill/outbox';
import { sagaMigrations } from '@waybill/saga';

import { CreateOrderTables1795600000100 } from './migrations/create-order-tables.js';

/** Everything that the order service's database holds. */
export const orderMigrations: readonly MigrationClass[] = [
  ...eventStoreMigrations,
  ...outboxMigrations,
  ...inboxMigrations,
  ...httpIdempotencyMigrations,
  ...deadLetterMigrations,
  ...incidentMigrations,
  ...sagaMigrations,
  CreateOrderTables1795600000100,
];
