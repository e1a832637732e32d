const INITIAL_SIZE = 512;
/** Byte fields from this size on are sent from where they lie, instead of being copied into the message. */
const REFERENCE_THRESHOLD = 1024;

/**
 * Writes Kafka's primitive types. Small fields gather in one growing buffer, large byte fields stay where they are:
 * the result is a list of buffers for one vectored socket write.
 */
export class Writer {
  #finished: Buffer[] = [];
  #finishedLength = 0;
  #buffer = Buffer.allocUnsafe(INITIAL_SIZE);
  #start = 0;
  #end = 0;

  int8(value: number): void {
    this.#reserve(1);
    this.#end = this.#buffer.writeInt8(value, this.#end);
  }

  int16(value: number): void {
    this.#reserve(2);
    this.#end = this.#buffer.writeInt16BE(value, this.#end);
  }

  int32(value: number): void {
    this.#reserve(4);
    this.#end = this.#buffer.writeInt32BE(value, this.#end);
  }

  int64(value: number): void {
    this.#reserve(8);
    const high = Math.floor(value / 0x1_0000_0000);
    this.#buffer.writeInt32BE(high, this.#end);
    this.#end = this.#buffer.writeUInt32BE(value - high * 0x1_0000_0000, this.#end + 4);
  }

  unsignedVarint(value: number): void {
    this.#reserve(5);
    let rest = value;
    while (rest >= 0x80) {
      this.#end = this.#buffer.writeUInt8((rest % 0x80) + 0x80, this.#end);
      rest = Math.floor(rest / 0x80);
    }
    this.#end = this.#buffer.writeUInt8(rest, this.#end);
  }

  bytes(value: Buffer): void {
    if (value.length >= REFERENCE_THRESHOLD) {
      this.#finishChunk();
      this.#finished.push(value);
      this.#finishedLength += value.length;
      return;
    }
    this.#reserve(value.length);
    this.#end += value.copy(this.#buffer, this.#end);
  }

  /** The message behind its length prefix, as the parts to send in this order. */
  toFrame(): readonly Buffer[] {
    this.#finishChunk();
    const prefix = Buffer.allocUnsafe(4);
    prefix.writeInt32BE(this.#finishedLength);
    return [prefix, ...this.#finished];
  }

  #finishChunk(): void {
    if (this.#end === this.#start) return;
    this.#finished.push(this.#buffer.subarray(this.#start, this.#end));
    this.#finishedLength += this.#end - this.#start;
    this.#start = this.#end;
  }

  #reserve(length: number): void {
    if (this.#end + length <= this.#buffer.length) return;
    this.#finishChunk();
    this.#buffer = Buffer.allocUnsafe(Math.max(length, this.#buffer.length * 2));
    this.#start = 0;
    this.#end = 0;
  }
}
