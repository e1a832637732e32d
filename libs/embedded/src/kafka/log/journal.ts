import {
  closeSync,
  ftruncateSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { dirname } from 'node:path';

import { crc32c } from './crc32c.js';

const CHECKSUM_DIGITS = 8;
/** Below this size rewriting isn't worth it; above, once most of the entries are outdated. */
const COMPACTION_BYTES = 1024 * 1024;
const COMPACTION_FACTOR = 4;

/** A durable list of changes: what was appended is there after a restart, up to the first damaged entry. */
export interface Journal<Entry> {
  /** @throws if it can't be written: then the change must not be acknowledged. */
  append(entry: Entry): void;
  close(): void;
}

/** For memory mode. */
export const forgetfulJournal: Journal<unknown> = { append: () => {}, close: () => {} };

interface JournalOptions<Entry> {
  /** Checks the shape of an entry read back. A refused one counts as damaged. */
  readonly parse: (value: unknown) => Entry;
  /** Called for each stored entry in order, before `openJournal` returns. */
  readonly replay: (entry: Entry) => void;
  /** The present state as entries; the journal is rewritten from them when it has grown far beyond them. */
  readonly snapshot: () => Iterable<Entry>;
}

/** Opens a journal of JSON lines, each behind its checksum; a torn or damaged tail is cut off. */
export function openJournal<Entry>(path: string, options: JournalOptions<Entry>): Journal<Entry> {
  mkdirSync(dirname(path), { recursive: true });
  let descriptor = openSync(path, 'a+');
  let size = replayIntact(readFileSync(path), options);
  ftruncateSync(descriptor, size);
  let compactAt = Math.max(COMPACTION_BYTES, size);

  const compact = (): void => {
    const lines = Buffer.concat([...options.snapshot()].map(toLine));
    writeFileSync(`${path}.new`, lines);
    closeSync(descriptor);
    renameSync(`${path}.new`, path);
    descriptor = openSync(path, 'a+');
    size = lines.length;
    compactAt = Math.max(COMPACTION_BYTES, size * COMPACTION_FACTOR);
  };

  return {
    append: (entry) => {
      const line = toLine(entry);
      let written = 0;
      try {
        while (written < line.length) written += writeSync(descriptor, line, written);
      } catch (error) {
        ftruncateSync(descriptor, size); // Disk full: half a line would hide all that follow it.
        throw error;
      }
      size += line.length;
      if (size > compactAt) compact();
    },
    close: () => closeSync(descriptor),
  };
}

function toLine(entry: unknown): Buffer {
  const json = Buffer.from(JSON.stringify(entry));
  const checksum = crc32c(json).toString(16).padStart(CHECKSUM_DIGITS, '0');
  return Buffer.concat([Buffer.from(`${checksum} `), json, Buffer.from('\n')]);
}

/** @returns the size of the intact part. */
function replayIntact<Entry>(file: Buffer, { parse, replay }: JournalOptions<Entry>): number {
  let start = 0;
  for (let end = file.indexOf(0x0a); end >= 0; end = file.indexOf(0x0a, start)) {
    const json = file.subarray(start + CHECKSUM_DIGITS + 1, end);
    const checksum = file.toString('latin1', start, start + CHECKSUM_DIGITS);
    if (Number.parseInt(checksum, 16) !== crc32c(json)) return start;
    replay(parse(JSON.parse(json.toString('utf8'))));
    start = end + 1;
  }
  return start;
}
