import { ProtocolError } from './protocol/protocol-error.js';

const LENGTH_SIZE = 4;
/** As Apache Kafka's socket.request.max.bytes. */
const MAX_FRAME_BYTES = 100 * 1024 * 1024;
/** API key, version and correlation id: no request is shorter. */
const MIN_FRAME_BYTES = 8;

/**
 * Cuts a byte stream into length-prefixed frames. Nothing is allocated on the word of a length prefix: what is held is
 * what has arrived. A frame that arrived in one piece is a view, one in several is joined once.
 */
export class FrameSplitter {
  #pieces: Buffer[] = [];
  #size = 0;

  /** @returns the frames that this chunk completes. @throws ProtocolError on a length that no request has. */
  push(chunk: Buffer): readonly Buffer[] {
    this.#pieces.push(chunk);
    this.#size += chunk.length;
    const frames: Buffer[] = [];
    for (let length = this.#nextLength(); length !== undefined && this.#size >= LENGTH_SIZE + length;) {
      const joined = this.#join();
      const end = LENGTH_SIZE + length;
      frames.push(joined.subarray(LENGTH_SIZE, end));
      this.#pieces = end === joined.length ? [] : [joined.subarray(end)];
      this.#size = joined.length - end;
      length = this.#nextLength();
    }
    return frames;
  }

  /** Something of a frame has arrived, and not all of it. */
  get isWaiting(): boolean {
    return this.#size > 0;
  }

  #nextLength(): number | undefined {
    if (this.#size < LENGTH_SIZE) return undefined;
    const first = this.#pieces[0];
    const prefix = first !== undefined && first.length >= LENGTH_SIZE ? first : this.#join();
    const length = prefix.readInt32BE(0);
    if (length < MIN_FRAME_BYTES || length > MAX_FRAME_BYTES) {
      throw new ProtocolError(`a request can't have ${length} bytes`);
    }
    return length;
  }

  #join(): Buffer {
    const [first, ...rest] = this.#pieces;
    if (first !== undefined && rest.length === 0) return first;
    const joined = Buffer.concat(this.#pieces, this.#size);
    this.#pieces = [joined];
    return joined;
  }
}
