import { closeSync, openSync } from 'node:fs';

const MAX_OPEN = 200;

/** The log's open files, at most this many however many segments there are: the one unused for longest is closed. */
export class OpenFiles {
  readonly #descriptors = new Map<string, number>();

  /** Valid until the next call of any method. */
  descriptor(path: string): number {
    const known = this.#descriptors.get(path);
    if (known !== undefined) {
      this.#descriptors.delete(path);
      this.#descriptors.set(path, known);
      return known;
    }
    const opened = openSync(path, 'a+');
    this.#descriptors.set(path, opened);
    for (const oldest of this.#descriptors.keys()) {
      if (this.#descriptors.size <= MAX_OPEN) break;
      this.close(oldest);
    }
    return opened;
  }

  close(path: string): void {
    const descriptor = this.#descriptors.get(path);
    if (descriptor === undefined) return;
    this.#descriptors.delete(path);
    closeSync(descriptor);
  }
}
