/** The bytes of one segment: they are appended, read anywhere, and cut at the end. */
export interface SegmentStorage {
  readonly size: number;
  /** Makes it exist although it is empty: its name alone says where the log continues. */
  create(): void;
  append(data: Buffer): void;
  /** Exactly `length` bytes, which must be there. The result is not written to. */
  read(position: number, length: number): Buffer;
  truncate(size: number): void;
  remove(): void;
}

/** Where one partition's log lives: segments by their base offset, and small files beside them. */
export interface LogStorage {
  /** In ascending order. */
  segmentBaseOffsets(): readonly number[];
  segment(baseOffset: number): SegmentStorage;
  readFile(name: string): Buffer | undefined;
  /** Replaces the file as a whole. */
  writeFile(name: string, data: Buffer): void;
  removeFile(name: string): void;
  /** Releases what is open; the log can be opened again. */
  close(): void;
  /** Deletes everything. */
  remove(): void;
}
