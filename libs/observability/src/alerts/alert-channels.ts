import type { Alert, AlertPort } from './alert.js';

const MOST_REMEMBERED = 1_000;

/** Several adapters as one. One that fails doesn't keep the others from telling, and they don't tell again when it is retried. */
export class AlertChannels implements AlertPort {
  readonly #told = new Map<string, Set<AlertPort>>();

  constructor(private readonly channels: readonly AlertPort[]) {}

  /** @throws the first failure, after all have been tried */
  async send(alert: Alert): Promise<void> {
    const id = `${alert.incident} ${alert.state}`;
    const told = this.#told.get(id) ?? new Set();
    this.#told.set(id, told);
    const waiting = this.channels.filter((channel) => !told.has(channel));
    const ends = await Promise.allSettled(
      waiting.map(async (channel) => {
        await channel.send(alert);
        told.add(channel);
      }),
    );
    const failure = ends.find((end) => end.status === 'rejected');
    if (failure) {
      const [oldest] = this.#told.keys();
      if (this.#told.size > MOST_REMEMBERED && oldest !== undefined) this.#told.delete(oldest);
      throw failure.reason;
    }
    this.#told.delete(id);
  }
}
