import { spawnSync } from 'node:child_process';
import { chownSync, lchownSync, lstatSync, readdirSync, statSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';

import { EmbeddedInfrastructureError } from '../embedded.errors.js';

const NOBODY = 65534;
const UNSHARE = ['--user', `--map-user=${NOBODY}`, `--map-group=${NOBODY}`];

/** How a command must be run so that PostgreSQL, which refuses uid 0, accepts it. */
export interface RunAs {
  /** Who must own the data directory, as seen from outside; undefined: no matter. */
  readonly owner?: number;
  readonly uid?: number;
  readonly gid?: number;
  command(file: string, args: readonly string[]): { readonly file: string; readonly args: readonly string[] };
}

const UNCHANGED: RunAs = { command: (file, args) => ({ file, args }) };

/**
 * As an ordinary user: unchanged. As root, as in many containers: in a user namespace that only renames uid 0 (root keeps owning the
 * data, and paths under /root keep working); where the kernel forbids that, as `nobody`.
 * @throws EmbeddedInfrastructureError ROOT_CANNOT_DROP if `nobody` could not reach one of the paths
 */
export function runAs(paths: readonly string[]): RunAs {
  if (process.getuid?.() !== 0) {
    return UNCHANGED;
  }
  if (spawnSync('unshare', [...UNSHARE, 'true']).status === 0) {
    return { owner: 0, command: (file, args) => ({ file: 'unshare', args: [...UNSHARE, file, ...args] }) };
  }
  const closed = paths.map(firstClosedAncestor).find((path) => path !== undefined);
  if (closed !== undefined) {
    throw new EmbeddedInfrastructureError(
      'ROOT_CANNOT_DROP',
      `PostgreSQL refuses to run as root, user namespaces are not available here, and the user nobody cannot enter ${closed}. Run as an ordinary user, or move the project to a directory that all users may enter.`,
    );
  }
  return { owner: NOBODY, uid: NOBODY, gid: NOBODY, command: (file, args) => ({ file, args }) };
}

/** Gives a directory with all in it to a user; quick if the user has it already. */
export function giveTo(directory: string, owner: number): void {
  if (statSync(directory).uid === owner) {
    return;
  }
  for (const entry of readdirSync(directory, { withFileTypes: true })) {
    const path = join(directory, entry.name);
    if (entry.isDirectory()) {
      giveTo(path, owner);
    } else if (lstatSync(path).uid !== owner) {
      lchownSync(path, owner, owner);
    }
  }
  chownSync(directory, owner, owner); // last: until then, an interrupted run starts over
}

function firstClosedAncestor(path: string): string | undefined {
  for (let parent = dirname(resolve(path)); parent !== dirname(parent); parent = dirname(parent)) {
    if ((statSync(parent, { throwIfNoEntry: false })?.mode ?? 0o001) % 2 === 0) {
      return parent;
    }
  }
  return undefined;
}
