import { setTimeout as delay } from 'node:timers/promises';

import type { Ledger } from '../ledger.js';
import { takeProviderFaults } from './fault-table.js';
import type { ProviderFault } from './fault-table.js';

/** How old what is known of the faults may be, in milliseconds. Nobody looks while nobody calls. */
const FRESH_MS = 1_000;

/** What the provider's table of faults does to the calls that it gets. */
export class ProviderFaults {
  readonly #ledger: Pick<Ledger, 'query'>;
  readonly #struck = new Map<string, number>();
  #known: { readonly at: number; readonly faults: Promise<readonly ProviderFault[]> } | undefined;
  #isToTell = false;

  constructor(ledger: Pick<Ledger, 'query'>) {
    this.#ledger = ledger;
  }

  /** Of one call, before anything else: waits where the provider is slow. @returns when the call is to fail, if it is */
  async strike(signal: AbortSignal): Promise<'before' | 'after' | undefined> {
    const faults = (await this.#fresh()).filter(({ share }) => Math.random() * 100 < share);
    const slow = faults.find(({ kind }) => kind === 'slow');
    const failing = faults.find(({ kind }) => kind === 'failing');
    for (const { kind } of faults) this.#count(kind);
    if (slow !== undefined) await delay(slow.delayMs, undefined, { signal });
    return failing?.moment;
  }

  #fresh(): Promise<readonly ProviderFault[]> {
    const now = performance.now();
    if (this.#known === undefined || now - this.#known.at > FRESH_MS) {
      const faults = this.#take();
      const known = { at: now, faults };
      this.#known = known;
      faults.catch(() => {
        if (this.#known === known) this.#known = undefined; // the next call asks again
      });
    }
    return this.#known.faults;
  }

  async #take(): Promise<readonly ProviderFault[]> {
    const struck = [...this.#struck];
    this.#struck.clear();
    return this.#ledger.query<ProviderFault>(takeProviderFaults, [
      struck.map(([kind]) => kind),
      struck.map(([, calls]) => calls),
    ]);
  }

  #count(kind: string): void {
    this.#struck.set(kind, (this.#struck.get(kind) ?? 0) + 1);
    if (this.#isToTell) return;
    this.#isToTell = true;
    setTimeout(() => {
      this.#isToTell = false;
      this.#take().catch(() => {}); // the count is for looking at
    }, FRESH_MS).unref();
  }
}
