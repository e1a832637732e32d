/** `| 0` also turns the compiler's "maybe undefined" into a number; the engine sees through it. */
const byteAt = (data: Buffer, index: number): number => (data[index] ?? 0) | 0;
const entry = (table: Int32Array, index: number): number => (table[index] ?? 0) | 0;

/** CRC-32C (Castagnoli) of the bytes from `start` to `end`, as an unsigned number. */
export function crc32c(data: Buffer, start = 0, end = data.length): number {
  const [t0, t1, t2, t3, t4, t5, t6, t7] = TABLES;
  let crc = -1;
  let at = start;
  for (const lastStep = end - 8; at <= lastStep; at += 8) {
    crc ^= byteAt(data, at) | (byteAt(data, at + 1) << 8) | (byteAt(data, at + 2) << 16) | (byteAt(data, at + 3) << 24);
    crc =
      entry(t7, crc & 0xff) ^
      entry(t6, (crc >>> 8) & 0xff) ^
      entry(t5, (crc >>> 16) & 0xff) ^
      entry(t4, crc >>> 24) ^
      entry(t3, byteAt(data, at + 4)) ^
      entry(t2, byteAt(data, at + 5)) ^
      entry(t1, byteAt(data, at + 6)) ^
      entry(t0, byteAt(data, at + 7));
  }
  for (; at < end; at++) crc = (crc >>> 8) ^ entry(t0, (crc ^ byteAt(data, at)) & 0xff);
  return (crc ^ -1) >>> 0;
}

type Tables = readonly [Int32Array, Int32Array, Int32Array, Int32Array, Int32Array, Int32Array, Int32Array, Int32Array];

function makeTables(): Tables {
  const first = Int32Array.from({ length: 256 }, (_, index) => {
    let crc = index;
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0x82f63b78 : crc >>> 1;
    return crc;
  });
  const next = (table: Int32Array): Int32Array => table.map((crc) => (crc >>> 8) ^ entry(first, crc & 0xff));
  const second = next(first);
  const third = next(second);
  const fourth = next(third);
  const fifth = next(fourth);
  const sixth = next(fifth);
  const seventh = next(sixth);
  return [first, second, third, fourth, fifth, sixth, seventh, next(seventh)];
}

/** Eight tables, so that the loop takes eight bytes at a step ("slicing by 8"): a produce costs one pass over its bytes. */
const TABLES = makeTables();
