import { join } from 'node:path';

import { chosenEnvironment } from '../processes/chosen-environment.js';
import type { PostgresBinaries } from './binaries.js';

/** The environment of PostgreSQL's programs: their own libraries, English messages, and none of the caller's defaults. */
export function serverEnvironment(binaries: PostgresBinaries): NodeJS.ProcessEnv {
  const libraries = join(binaries.home, 'lib');
  return { ...chosenEnvironment(), LC_ALL: 'C', LD_LIBRARY_PATH: libraries, DYLD_LIBRARY_PATH: libraries };
}
