import { spawnSync } from 'node:child_process';
import { chmodSync, constants, cpSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';

import { isEmptyOrMissing } from '../data-directory.js';
import { EmbeddedInfrastructureError } from '../embedded.errors.js';
import type { PostgresBinaries } from './binaries.js';
import { giveTo, type RunAs } from './run-as.js';
import { serverEnvironment } from './server-environment.js';

/**
 * Makes sure that the directory holds a database cluster of this major version. A new one is built beside it and renamed, so that a
 * crash in between leaves no half a cluster.
 * @param templateDir where a pristine cluster is kept, to be copied instead of built from scratch (a third of the time)
 * @throws EmbeddedInfrastructureError DATA_DIR_VERSION, DATA_DIR_FOREIGN or START_FAILED
 */
export function ensureCluster(dataDir: string, binaries: PostgresBinaries, as: RunAs, templateDir?: string): void {
  const versionFile = join(dataDir, 'PG_VERSION');
  if (existsSync(versionFile)) {
    assertVersion(dataDir, readFileSync(versionFile, 'utf8').trim(), binaries.majorVersion);
  } else {
    assertEmpty(dataDir);
    buildAside(dataDir, (target) => {
      if (templateDir === undefined) {
        initdb(target, binaries, as);
        return;
      }
      if (!existsSync(join(templateDir, 'PG_VERSION'))) {
        buildAside(templateDir, (template) => initdb(template, binaries, as));
      }
      cpSync(templateDir, target, { recursive: true, mode: constants.COPYFILE_FICLONE });
    });
  }
  chmodSync(dataDir, 0o700); // PostgreSQL demands it, and an archive or a checkout may have lost it
  if (as.owner !== undefined) {
    giveTo(dataDir, as.owner);
  }
}

function buildAside(directory: string, build: (target: string) => void): void {
  const aside = `${directory}.new-${process.pid}`;
  rmSync(aside, { recursive: true, force: true });
  mkdirSync(dirname(directory), { recursive: true });
  try {
    build(aside);
    renameSync(aside, directory);
  } catch (error) {
    if (!existsSync(join(directory, 'PG_VERSION'))) {
      throw error; // else another process was faster, which is as good
    }
  } finally {
    rmSync(aside, { recursive: true, force: true });
  }
}

function initdb(target: string, binaries: PostgresBinaries, as: RunAs): void {
  mkdirSync(target, { recursive: true, mode: 0o700 });
  if (as.owner !== undefined) {
    giveTo(target, as.owner);
  }
  const { file, args } = as.command(binaries.initdb, [
    '-D',
    target,
    '--username=postgres',
    '--auth=trust',
    '--encoding=UTF8',
    '--no-instructions',
    // Order by bytes, letters by Unicode, and the same on every machine, whatever its C library thinks.
    '--locale-provider=builtin',
    '--builtin-locale=C.UTF-8',
    '--locale=C',
  ]);
  const run = spawnSync(file, args, {
    cwd: '/',
    encoding: 'utf8',
    env: serverEnvironment(binaries),
    ...(as.uid === undefined ? {} : { uid: as.uid, gid: as.gid ?? as.uid }),
  });
  if (run.status !== 0) {
    throw new EmbeddedInfrastructureError(
      'START_FAILED',
      `initdb could not create a database cluster in ${target}: ${(run.stderr || String(run.error ?? 'no output')).trim()}`,
    );
  }
}

function assertVersion(dataDir: string, found: string, wanted: string): void {
  if (found !== wanted) {
    throw new EmbeddedInfrastructureError(
      'DATA_DIR_VERSION',
      `${dataDir} was written by PostgreSQL ${found || '(unknown)'}, the embedded server is ${wanted}. Remove it ("npm run reset" in Waybill), or move the data with pg_dump of version ${found}.`,
    );
  }
}

function assertEmpty(dataDir: string): void {
  if (!isEmptyOrMissing(dataDir)) {
    throw new EmbeddedInfrastructureError(
      'DATA_DIR_FOREIGN',
      `${dataDir} is not empty, and holds no PostgreSQL data. Choose another directory, or remove what is in it.`,
    );
  }
}
