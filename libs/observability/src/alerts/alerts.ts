import type { Sample } from '../monitor/monitor-source.js';
import { findBreaches } from './alert-rule.js';
import type { AlertRule } from './alert-rule.js';
import type { AlertPort } from './alert.js';
import type { IncidentStore, Notice } from './incident-store.js';

export interface AlertsParts {
  readonly service: string;
  readonly rules: readonly AlertRule[];
  readonly incidents: IncidentStore;
  readonly port: AlertPort;
  /** An incident is over once its rule has held for so long, in milliseconds; a shorter recovery is part of it. */
  readonly resolveAfterMs: number;
  readonly onFailure: (error: unknown) => void;
}

/** Notices on their way. One that hangs holds up none of the others: not in the log either, which is a channel. */
const MOST_AT_ONCE = 16;
/** Longer than any adapter tries: a process that claimed a notice and died is followed after this. */
const LEASE_MS = 180_000;

/**
 * One alert when an incident begins and one when it ends, whatever happens in between: more messages, flapping, restarts,
 * replicas. Sent at least once: a process that dies between sending and noting so makes it twice, with one webhook id.
 */
export class Alerts {
  readonly #inHand = new Set<Promise<void>>();
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

  /** Sends what wasn't sent yet, some at the same time; one that fails stays for later. Never rejects. */
  async deliver(): Promise<void> {
    try {
      while (!this.#stopped && this.#inHand.size < MOST_AT_ONCE) {
        const notice = await this.parts.incidents.claim(LEASE_MS);
        if (!notice) break;
        const sending = this.#send(notice).finally(() => this.#inHand.delete(sending));
        this.#inHand.add(sending);
      }
    } catch (error) {
      this.parts.onFailure(error);
    }
    await Promise.all(this.#inHand);
  }

  /** Begins no further delivery; waits for those in hand. */
  async stop(): Promise<void> {
    this.#stopped = true;
    await Promise.all(this.#inHand);
  }

  async #send(notice: Notice): Promise<void> {
    const { incidents, port, service, onFailure } = this.parts;
    try {
      await port.send({ ...notice, service });
      await incidents.sent(notice);
    } catch (error) {
      onFailure(error);
    }
  }
}
