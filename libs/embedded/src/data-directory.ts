import { accessSync, constants, existsSync, mkdirSync, readdirSync } from 'node:fs';

import { EmbeddedInfrastructureError } from './embedded.errors.js';
import { systemErrorCode } from './system-error.js';

/** @throws EmbeddedInfrastructureError DATA_DIR_UNWRITABLE, naming the directory */
export function ensureWritableDirectory(directory: string): void {
  try {
    mkdirSync(directory, { recursive: true });
    accessSync(directory, constants.W_OK | constants.X_OK);
  } catch (cause) {
    throw new EmbeddedInfrastructureError(
      'DATA_DIR_UNWRITABLE',
      `Cannot write to ${directory} ${remedyFor(systemErrorCode(cause) ?? String(cause))}`,
      { cause },
    );
  }
}

const remedyFor = (code: string): string =>
  code === 'EEXIST' || code === 'ENOTDIR'
    ? `(${code}): it, or what should be a directory above it, is a file. Remove or rename that.`
    : `(${code}). Make it writable for this user, or choose another directory.`;

export function isEmptyOrMissing(directory: string): boolean {
  return !existsSync(directory) || readdirSync(directory).length === 0;
}
