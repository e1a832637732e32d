import { randomFillSync } from 'node:crypto';

// One call to the system's generator per some 256 ids: a call per id was most of an id's cost (measured).
const pool = Buffer.alloc(4096);
let used = pool.length;

/** `bytes` (at most 4,096) that nobody has been given before. Valid until the next call: copy what is to be kept. */
export function randomBytesOfPool(bytes: number): Buffer {
  if (used + bytes > pool.length) {
    randomFillSync(pool);
    used = 0;
  }
  used += bytes;
  return pool.subarray(used - bytes, used);
}
