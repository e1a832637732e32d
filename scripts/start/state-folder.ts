import { mkdirSync } from 'node:fs';
import { resolve } from 'node:path';

import { EmbeddedInfrastructureError } from '@waybill/embedded';

export const STATE_FOLDER = '.waybill';

/**
 * A folder under `.waybill/`, which holds all that a running Waybill keeps on this machine; created if it is missing.
 * @throws EmbeddedInfrastructureError DATA_DIR_UNWRITABLE
 */
export function ensureStateFolder(name = ''): string {
  const folder = resolve(STATE_FOLDER, name);
  try {
    mkdirSync(folder, { recursive: true });
    return folder;
  } catch (cause) {
    throw new EmbeddedInfrastructureError(
      'DATA_DIR_UNWRITABLE',
      `Cannot create ${folder}: ${cause instanceof Error ? cause.message : String(cause)}. Make the folder writable for this user.`,
      { cause },
    );
  }
}
