import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';

const BLOCK = 1_000;

/** Ids for idempotent producers. None is given out twice, also across restarts: they are reserved a block at a time. */
export class ProducerIds {
  #next: number;
  #reservedUntil: number;

  /** @param path undefined keeps them in memory. */
  constructor(private readonly path: string | undefined) {
    this.#next = path === undefined ? 0 : readReserved(path);
    this.#reservedUntil = this.#next;
  }

  next(): number {
    if (this.#next === this.#reservedUntil) {
      const reserve = this.#next + BLOCK;
      if (this.path !== undefined) storeReserved(this.path, reserve);
      this.#reservedUntil = reserve;
    }
    return this.#next++;
  }
}

function readReserved(path: string): number {
  try {
    const stored = Number(readFileSync(path, 'utf8'));
    return Number.isSafeInteger(stored) && stored >= 0 ? stored : Date.now();
  } catch {
    return 0;
  }
}

function storeReserved(path: string, reserved: number): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(`${path}.new`, String(reserved));
  renameSync(`${path}.new`, path);
}
