import { channel } from 'node:diagnostics_channel';
import type { Channel } from 'node:diagnostics_channel';

/**
 * A place in the code that others may watch, by `subscribe(name, …)` of `node:diagnostics_channel`: tracing, measurements.
 * While nobody does it costs one check.
 */
export class DiagnosticPoint<Message extends object> {
  readonly #channel: Channel;

  constructor(name: `waybill:${string}`) {
    this.#channel = channel(name);
  }

  /** Tells all who watch, before it returns. What a subscriber throws is an uncaught exception of the process, none of the caller's. */
  tell(message: () => Message): void {
    if (this.#channel.hasSubscribers) this.#channel.publish(message());
  }
}
