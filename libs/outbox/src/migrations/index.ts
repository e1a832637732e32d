import type { MigrationClass } from '@waybill/database';

import { AuditReveals1796200000000 } from './audit-reveals.js';
import { CreateOutbox1763000000000 } from './create-outbox.js';
import { RenameLanesToShards1796000000000 } from './rename-lanes-to-shards.js';
import { SetAsideRefused1795800000000 } from './set-aside-refused.js';

/** For the `migrations` of the service's DatabaseModule. */
export const outboxMigrations: readonly MigrationClass[] = [
  CreateOutbox1763000000000,
  SetAsideRefused1795800000000,
  RenameLanesToShards1796000000000,
  AuditReveals1796200000000,
];
