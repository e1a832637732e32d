import type { BrokerLog, SubscriptionListener } from '@waybill/messaging';

/** What doesn't work, by where: a subscription is healthy while that is nothing. Tells its listener and the log when that changes. */
export class SubscriptionHealth {
  readonly #troubles = new Map<string, Error>();
  #healthy: boolean | undefined;
  #closed = false;

  constructor(
    private readonly group: string,
    private readonly listener: Pick<SubscriptionListener, 'onHealth'>,
    private readonly log: BrokerLog,
  ) {}

  /** @param error `undefined` = it works (again) */
  on(source: string, error: Error | undefined): void {
    if (error === undefined && !this.#troubles.delete(source)) return;
    if (error !== undefined) this.#troubles.set(source, error);
    this.#tell();
  }

  /** It has its lanes, or others than before: what the session, and lanes that it no longer has, were in trouble with is over. @param staying the places of its lanes that stay */
  assigned(staying: readonly string[]): void {
    for (const place of this.#troubles.keys()) if (!staying.includes(place)) this.#troubles.delete(place);
    this.#tell();
  }

  close(): void {
    this.#closed = true;
  }

  #tell(): void {
    const [cause] = this.#troubles.values();
    const healthy = cause === undefined;
    if (this.#closed || this.#healthy === healthy) return;
    this.#healthy = healthy;
    if (cause) this.log.warn(`sqs: the subscription of ${this.group} doesn't work: ${cause.message}`);
    this.listener.onHealth(healthy, cause);
  }
}
