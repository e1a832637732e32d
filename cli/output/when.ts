import { age } from './age.js';
import { isRoomy } from './terminal.js';
import type { Terminal } from './terminal.js';

/** A time, or how long ago it was where there is little room. */
export function when(iso: string, nowMs: number, terminal: Pick<Terminal, 'columns'>): string {
  return isRoomy(terminal) ? iso : `${age(iso, nowMs)} ago`;
}
