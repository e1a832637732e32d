import { ProtocolError } from './protocol-error.js';

/** Elements of all arrays in one message: bounds what a hostile frame makes us allocate, far above what clients send. */
const MAX_ARRAY_ELEMENTS = 200_000;

/**
 * Reads Kafka's primitive types from one frame. Every read is checked against the frame's end, so that truncated input
 * is a ProtocolError, never an out-of-range read; byte fields are views of the frame, not copies.
 */
export class Reader {
  #position = 0;
  #elementsLeft = MAX_ARRAY_ELEMENTS;

  constructor(private readonly frame: Buffer) {}

  get remaining(): number {
    return this.frame.length - this.#position;
  }

  int8(): number {
    return this.frame.readInt8(this.#advance(1));
  }

  int16(): number {
    return this.frame.readInt16BE(this.#advance(2));
  }

  int32(): number {
    return this.frame.readInt32BE(this.#advance(4));
  }

  /** As a number, clamped to the safe integers: no offset or time in use comes near that limit. */
  int64(): number {
    const at = this.#advance(8);
    const value = this.frame.readInt32BE(at) * 0x1_0000_0000 + this.frame.readUInt32BE(at + 4);
    return Math.max(Number.MIN_SAFE_INTEGER, Math.min(Number.MAX_SAFE_INTEGER, value));
  }

  unsignedVarint(): number {
    let value = 0;
    for (let shift = 0; shift <= 28; shift += 7) {
      const byte = this.frame.readUInt8(this.#advance(1));
      value += (byte & 0x7f) * 2 ** shift;
      if (byte < 0x80) return value;
    }
    throw new ProtocolError('a varint is longer than 5 bytes');
  }

  bytes(length: number): Buffer {
    if (length < 0) throw new ProtocolError(`a field has the length ${length}`);
    const at = this.#advance(length);
    return this.frame.subarray(at, at + length);
  }

  /** Announces an array, before anything is allocated for it. */
  claimElements(count: number): number {
    this.#elementsLeft -= count;
    if (count < 0 || count > this.remaining || this.#elementsLeft < 0) {
      throw new ProtocolError(`an array claims ${count} elements in ${this.remaining} bytes`);
    }
    return count;
  }

  #advance(length: number): number {
    const at = this.#position;
    if (length > this.frame.length - at) {
      throw new ProtocolError(`the frame ends at ${this.frame.length}, in the middle of a field at ${at}`);
    }
    this.#position = at + length;
    return at;
  }
}
