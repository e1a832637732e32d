const INITIAL_SIZE = 16 * 1024;

/** What a decompressor has written so far, and repeats stretches of. Grows as needed, up to a limit. */
export class DecodedBytes {
  #data = Buffer.allocUnsafe(INITIAL_SIZE);
  #length = 0;

  constructor(private readonly maxBytes: number) {}

  /** @throws RangeError if the source has no such bytes, or the limit is passed. */
  append(source: Buffer, start: number, end: number): void {
    if (start > end || end > source.length) throw new RangeError('a literal ends behind its source');
    this.#reserve(end - start);
    this.#length += source.copy(this.#data, this.#length, start, end);
  }

  /** The last `distance` bytes again, over and over if `length` is more. @throws RangeError if there aren't that many. */
  repeat(distance: number, length: number): void {
    if (distance < 1 || distance > this.#length) throw new RangeError('a repetition begins before its beginning');
    this.#reserve(length);
    for (let left = length; left > 0; left--) {
      this.#data[this.#length] = this.#data[this.#length - distance] ?? 0;
      this.#length++;
    }
  }

  toBuffer(): Buffer {
    return this.#data.subarray(0, this.#length);
  }

  #reserve(bytes: number): void {
    const needed = this.#length + bytes;
    if (needed > this.maxBytes) throw new RangeError(`more than ${this.maxBytes} bytes`);
    if (needed <= this.#data.length) return;
    const grown = Buffer.allocUnsafe(Math.max(needed, this.#data.length * 2));
    this.#data.copy(grown, 0, 0, this.#length);
    this.#data = grown;
  }
}
