import { renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';

import { ensureWritableDirectory } from '../data-directory.js';
import { EmbeddedInfrastructureError } from '../embedded.errors.js';
import { systemErrorCode } from '../system-error.js';
import { identify, isStillRunning, readIdentity, type ProcessIdentity } from './process-identity.js';

export interface DirectoryLock {
  /** The last owner died without giving it up: its own leftovers may still be there. */
  readonly takenOver: boolean;
  /** Gives the lock up. Repeatable. */
  release(): void;
}

/**
 * Claims a directory for this process, by a file that names its owner. A lock whose owner is dead, also if a stranger has its pid by
 * now, is taken over: nothing has to be cleaned up by hand after a kill -9.
 * @throws EmbeddedInfrastructureError DATA_DIR_IN_USE while another living process, or another part of this one, owns it; DATA_DIR_UNWRITABLE
 */
export function lockDirectory(lockFile: string, what: string): DirectoryLock {
  ensureWritableDirectory(dirname(lockFile));
  const me = identify(process.pid) ?? { pid: process.pid, startedAt: '' };
  for (let attempt = 0; attempt < 5; attempt++) {
    try {
      writeFileSync(lockFile, JSON.stringify(me), { flag: 'wx' });
      return heldLock(lockFile, attempt > 0);
    } catch (error) {
      if (systemErrorCode(error) !== 'EEXIST') {
        throw error;
      }
    }
    const owner = lockOwner(lockFile);
    if (owner !== undefined) {
      throw inUse(what, owner);
    }
    takeAway(lockFile);
  }
  throw inUse(what, lockOwner(lockFile));
}

/** The living process that holds the lock, if any. */
export function lockOwner(lockFile: string): ProcessIdentity | undefined {
  const owner = readIdentity(lockFile);
  return owner !== undefined && isStillRunning(owner) ? owner : undefined;
}

/** A rename first: of two processes that both found the lock stale, one gets the file and the other starts over. */
function takeAway(lockFile: string): void {
  const aside = `${lockFile}.${process.pid}.stale`;
  try {
    renameSync(lockFile, aside);
  } catch {
    return;
  }
  rmSync(aside, { force: true });
}

function heldLock(lockFile: string, takenOver: boolean): DirectoryLock {
  let held = true;
  return {
    takenOver,
    release() {
      if (held) {
        held = false;
        rmSync(lockFile, { force: true });
      }
    },
  };
}

function inUse(what: string, owner: ProcessIdentity | undefined): EmbeddedInfrastructureError {
  return new EmbeddedInfrastructureError(
    'DATA_DIR_IN_USE',
    `${what} is in use by process ${owner?.pid ?? '(unknown)'}. Stop that process first, or choose another directory.`,
  );
}
