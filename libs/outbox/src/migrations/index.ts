import type { MigrationClass } from '@waybill/database';

import { CreateOutbox1763000000000 } from './create-outbox.js';

/** For the `migrations` of the service's DatabaseModule. */
export const outboxMigrations: readonly MigrationClass[] = [CreateOutbox1763000000000];
