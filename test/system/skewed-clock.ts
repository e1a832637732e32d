import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

/** The environment of a process whose clock is so many milliseconds fast, or slow where negative. */
export function skewedClock(ms: number): Readonly<Record<string, string>> {
  const preload = pathToFileURL(join('test', 'system', 'skew-clock.mjs')).href;
  return { NODE_OPTIONS: `--import=${preload}`, CLOCK_SKEW_MS: String(ms) };
}
