import type { Sample } from '../monitor/monitor-source.js';
import { findBreaches } from './alert-rule.js';
import type { AlertRule } from './alert-rule.js';
import type { AlertPort } from './alert.js';
import type { IncidentStore } from './incident-store.js';

export interface AlertsParts {
  readonly service: string;
  readonly rules: readonly AlertRule[];
  readonly incidents: IncidentStore;
  readonly port: AlertPort;
  /** An incident is over once its rule has held for so long, in milliseconds; a shorter recovery is part of it. */
  readonly resolveAfterMs: number;
  readonly onFailure: (error: unknown) => void;
}

/** Longer than any adapter tries: a process that claimed a notice and died is followed after this. */
const LEASE_MS = 120_000;

/**
 * One alert when an incident begins and one when it ends, whatever happens in between: more messages, flapping, restarts,
 * replicas. Sent at least once: a process that dies between sending and noting so makes it twice, with one webhook id.
 */
export class Alerts {
  #delivering: Promise<void> | undefined;
  #stopped = false;

  constructor(private readonly parts: AlertsParts) {}

  /** @param measured the metrics that could be read now; nothing is concluded about the others */
  async evaluate(samples: readonly Sample[], measured: ReadonlySet<string>): Promise<void> {
    const { incidents, resolveAfterMs } = this.parts;
    const rules = this.parts.rules.filter(({ metric }) => measured.has(metric));
    const breaches = findBreaches(rules, samples);
    if (breaches.length > 0) await incidents.report(breaches);
    const names = rules.map(({ name }) => name);
    if (names.length > 0) await incidents.end(names, resolveAfterMs);
  }

  /** Sends what wasn't sent yet, one after the other; one that fails stays for later. Never rejects. */
  deliver(): Promise<void> {
    this.#delivering ??= this.#deliver()
      .catch(this.parts.onFailure)
      .finally(() => (this.#delivering = undefined));
    return this.#delivering;
  }

  /** Begins no further delivery; waits for the one in hand. */
  async stop(): Promise<void> {
    this.#stopped = true;
    await this.#delivering;
  }

  async #deliver(): Promise<void> {
    const { incidents, port, service, onFailure } = this.parts;
    while (!this.#stopped) {
      const notice = await incidents.claim(LEASE_MS);
      if (!notice) return;
      try {
        await port.send({ ...notice, service });
      } catch (error) {
        onFailure(error);
        continue;
      }
      await incidents.sent(notice);
    }
  }
}
