import type { ServiceName } from '@waybill/contracts';

import type { ReplayPage } from '../api/dead-letters.js';

export interface FailureCount {
  readonly service: ServiceName;
  readonly fingerprint: string;
  readonly error: string;
  readonly letters: number;
  /** One letter of them, to look at. */
  readonly example: string;
}

/** Failures by service and fingerprint; bounded by the kinds of failure, not by the letters. */
export class FailureCounts {
  readonly #kinds = new Map<string, FailureCount>();

  add(service: ServiceName, failures: ReplayPage['failures']): void {
    for (const { id, error = '', fingerprint = 'unknown' } of failures) {
      const key = `${service} ${fingerprint}`;
      const known = this.#kinds.get(key) ?? { service, fingerprint, error, letters: 0, example: id };
      this.#kinds.set(key, { ...known, letters: known.letters + 1 });
    }
  }

  /** Most frequent first. */
  list(): readonly FailureCount[] {
    return [...this.#kinds.values()].sort((a, b) => b.letters - a.letters);
  }
}
