import {
  ftruncateSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';

import type { LogStorage, SegmentStorage } from './log-storage.js';
import type { OpenFiles } from './open-files.js';

const SEGMENT_SUFFIX = '.log';

/**
 * A directory of append-only files. Calls are synchronous: they end in the page cache within microseconds, which is what
 * an acknowledgement promises (a killed process loses nothing; a power cut may), and they keep appends in order for free.
 */
export class DiskLogStorage implements LogStorage {
  readonly #segments = new Map<number, DiskSegment>();
  #exists: boolean;

  constructor(
    private readonly directory: string,
    private readonly files: OpenFiles,
  ) {
    this.#exists = isThere(directory);
  }

  segmentBaseOffsets(): readonly number[] {
    if (!this.#exists) return [];
    return readdirSync(this.directory)
      .filter((name) => name.endsWith(SEGMENT_SUFFIX))
      .map((name) => Number(name.slice(0, -SEGMENT_SUFFIX.length)))
      .sort((a, b) => a - b);
  }

  segment(baseOffset: number): SegmentStorage {
    const known = this.#segments.get(baseOffset);
    if (known !== undefined) return known;
    const path = join(this.directory, `${segmentName(baseOffset)}${SEGMENT_SUFFIX}`);
    const segment = new DiskSegment(path, this.files, {
      beforeCreation: () => this.#ensureDirectory(),
      afterRemoval: () => this.#segments.delete(baseOffset),
    });
    this.#segments.set(baseOffset, segment);
    return segment;
  }

  readFile(name: string): Buffer | undefined {
    const path = join(this.directory, name);
    return isThere(path) ? readFileSync(path) : undefined;
  }

  writeFile(name: string, data: Buffer): void {
    this.#ensureDirectory();
    const path = join(this.directory, name);
    writeFileSync(`${path}.new`, data);
    renameSync(`${path}.new`, path);
  }

  removeFile(name: string): void {
    rmSync(join(this.directory, name), { force: true });
  }

  close(): void {
    for (const segment of this.#segments.values()) segment.close();
    this.#segments.clear();
  }

  remove(): void {
    this.close();
    rmSync(this.directory, { recursive: true, force: true });
    this.#exists = false;
  }

  #ensureDirectory(): void {
    if (this.#exists) return;
    mkdirSync(this.directory, { recursive: true });
    this.#exists = true;
  }
}

/** Twenty digits, as Kafka names its segments: names sort as offsets do. */
export const segmentName = (baseOffset: number): string => String(baseOffset).padStart(20, '0');

const isThere = (path: string): boolean => statSync(path, { throwIfNoEntry: false }) !== undefined;

class DiskSegment implements SegmentStorage {
  size: number;

  constructor(
    private readonly path: string,
    private readonly files: OpenFiles,
    private readonly hooks: { beforeCreation(): void; afterRemoval(): void },
  ) {
    this.size = statSync(path, { throwIfNoEntry: false })?.size ?? 0;
  }

  create(): void {
    this.hooks.beforeCreation();
    this.files.descriptor(this.path);
  }

  append(data: Buffer): void {
    if (this.size === 0) this.hooks.beforeCreation();
    const descriptor = this.files.descriptor(this.path);
    let written = 0;
    try {
      while (written < data.length) written += writeSync(descriptor, data, written, data.length - written);
    } catch (error) {
      if (written > 0) ftruncateSync(descriptor, this.size); // Disk full: half a batch would hide all that follow it.
      throw error;
    }
    this.size += written;
  }

  read(position: number, length: number): Buffer {
    const descriptor = this.files.descriptor(this.path);
    const data = Buffer.allocUnsafeSlow(length);
    let filled = 0;
    while (filled < length) {
      const read = readSync(descriptor, data, filled, length - filled, position + filled);
      if (read === 0) throw new Error(`${this.path} ends before position ${position + length}`);
      filled += read;
    }
    return data;
  }

  truncate(size: number): void {
    ftruncateSync(this.files.descriptor(this.path), size);
    this.size = size;
  }

  close(): void {
    this.files.close(this.path);
  }

  remove(): void {
    this.close();
    rmSync(this.path, { force: true });
    this.hooks.afterRemoval();
  }
}
