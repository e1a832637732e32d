import { resolve } from 'node:path';

import { ensureWritableDirectory } from '@waybill/embedded';

export const STATE_FOLDER = '.waybill';

/**
 * A folder under `.waybill/`, which holds all that a running Waybill keeps on this machine; created if it is missing.
 * @throws EmbeddedInfrastructureError DATA_DIR_UNWRITABLE
 */
export function ensureStateFolder(name = ''): string {
  const folder = resolve(STATE_FOLDER, name);
  ensureWritableDirectory(folder);
  return folder;
}
