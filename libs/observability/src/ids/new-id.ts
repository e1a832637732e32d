import { v7 } from 'uuid';

import { randomBytesOfPool } from './random-pool.js';

/**
 * A UUIDv7 (RFC 9562): its first 48 bits are the time in milliseconds, the rest is random. Ids of one millisecond are in no
 * particular order.
 * @param atMs the time it carries; @default now
 */
export function newId(atMs: number = Date.now()): string {
  return v7({ msecs: atMs, random: randomBytesOfPool(16) });
}
