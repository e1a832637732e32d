// npm run reset: back to a first start. Removes .waybill/, with all orders, topics and caches in it.
import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';

import { EmbeddedInfrastructureError, lockOwner } from '@waybill/embedded';

import { STATE_FOLDER } from './start/state-folder.js';

const LOCKS = ['start.lock', 'postgres/data.lock', 'apache-kafka/data.lock', 'kafka.lock'];

try {
  for (const lock of LOCKS) {
    const owner = lockOwner(join(STATE_FOLDER, lock));
    if (owner !== undefined) {
      throw new EmbeddedInfrastructureError(
        'DATA_DIR_IN_USE',
        `${STATE_FOLDER}/ is in use by process ${owner.pid}. Stop it first (Ctrl-C there, or: kill ${owner.pid}), then try again.`,
      );
    }
  }
  const existed = existsSync(STATE_FOLDER);
  rmSync(STATE_FOLDER, { recursive: true, force: true });
  console.log(existed ? `Removed ${STATE_FOLDER}/.` : `There is no ${STATE_FOLDER}/; nothing to do.`);
} catch (error) {
  console.error(error instanceof EmbeddedInfrastructureError ? error.message : error);
  process.exitCode = 1;
}
