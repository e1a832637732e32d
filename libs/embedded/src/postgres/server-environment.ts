import { join } from 'node:path';

import type { PostgresBinaries } from './binaries.js';

/** The environment of PostgreSQL's programs: their own libraries, English messages, and none of the caller's PG* defaults. */
export function serverEnvironment(binaries: PostgresBinaries): NodeJS.ProcessEnv {
  const inherited = Object.entries(process.env).filter(([name]) => !name.startsWith('PG'));
  const libraries = join(binaries.home, 'lib');
  return { ...Object.fromEntries(inherited), LC_ALL: 'C', LD_LIBRARY_PATH: libraries, DYLD_LIBRARY_PATH: libraries };
}
