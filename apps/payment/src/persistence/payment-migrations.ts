import { incidentMigrations } from '@waybill/database';
import type { MigrationClass } from '@waybill/database';
import { deadLetterMigrations } from '@waybill/dlq';
import { inboxMigrations } from '@waybill/idempotency';
import { outboxMigrations } from '@waybill/outbox';

import { CreatePayment1795600000200 } from './migrations/create-payment.js';

/** Everything that the payment service's database holds. */
export const paymentMigrations: readonly MigrationClass[] = [
  ...outboxMigrations,
  ...inboxMigrations,
  ...deadLetterMigrations,
  ...incidentMigrations,
  CreatePayment1795600000200,
];
