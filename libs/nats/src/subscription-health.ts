import type { BrokerLog, SubscriptionListener } from '@waybill/messaging';

/** What doesn't work, by where: a subscription is healthy while that is nothing. Tells its listener and the log when that changes. */
export class SubscriptionHealth {
  readonly #troubles = new Map<string, Error>();
  #healthy: boolean | undefined;
  #isAssigned = false;
  #closed = false;

  constructor(
    private readonly group: string,
    private readonly listener: SubscriptionListener,
    private readonly log: BrokerLog,
  ) {}

  /** @param error `undefined` = it works (again) */
  on(source: string, error: Error | undefined): void {
    if (error === undefined) this.#troubles.delete(source);
    else this.#troubles.set(source, error);
    this.#tell();
  }

  /** It has its lanes, or others than before: what these were in trouble with is over. */
  assigned(lanes: Iterable<string>): void {
    for (const lane of lanes) this.#troubles.delete(lane);
    this.#isAssigned = true;
    this.#tell();
  }

  close(): void {
    this.#closed = true;
  }

  #tell(): void {
    const [cause] = this.#troubles.values();
    const healthy = cause === undefined;
    if (this.#closed || this.#healthy === healthy || (healthy && !this.#isAssigned)) return;
    this.#healthy = healthy;
    if (cause) this.log.warn(`nats: the subscription of ${this.group} doesn't work: ${cause.message}`);
    this.listener.onHealth(healthy, cause);
  }
}
