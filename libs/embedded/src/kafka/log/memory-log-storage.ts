import type { LogStorage, SegmentStorage } from './log-storage.js';

const INITIAL_SIZE = 4 * 1024;

/** For unit tests: nothing touches the disk, and all is gone with the broker. */
export class MemoryLogStorage implements LogStorage {
  readonly #segments = new Map<number, SegmentStorage>();
  readonly #files = new Map<string, Buffer>();

  segmentBaseOffsets(): readonly number[] {
    return [...this.#segments.keys()].sort((a, b) => a - b);
  }

  segment(baseOffset: number): SegmentStorage {
    const segment = this.#segments.get(baseOffset) ?? new MemorySegment(() => this.#segments.delete(baseOffset));
    this.#segments.set(baseOffset, segment);
    return segment;
  }

  readFile(name: string): Buffer | undefined {
    return this.#files.get(name);
  }

  writeFile(name: string, data: Buffer): void {
    this.#files.set(name, data);
  }

  removeFile(name: string): void {
    this.#files.delete(name);
  }

  close(): void {}

  remove(): void {
    this.#segments.clear();
    this.#files.clear();
  }
}

/** One buffer that doubles when it is full; what was read from an outgrown one stays valid. */
class MemorySegment implements SegmentStorage {
  #data = Buffer.allocUnsafe(INITIAL_SIZE);
  size = 0;

  constructor(private readonly onRemove: () => void) {}

  create(): void {}

  append(data: Buffer): void {
    if (this.size + data.length > this.#data.length) {
      const grown = Buffer.allocUnsafe(Math.max(this.size + data.length, this.#data.length * 2));
      this.#data.copy(grown, 0, 0, this.size);
      this.#data = grown;
    }
    this.size += data.copy(this.#data, this.size);
  }

  read(position: number, length: number): Buffer {
    return this.#data.subarray(position, position + length);
  }

  truncate(size: number): void {
    this.size = size;
  }

  remove(): void {
    this.onRemove();
  }
}
