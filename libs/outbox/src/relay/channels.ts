import type { Publisher } from '@waybill/messaging';

import type { RelaySettings } from '../outbox-options.js';
import { Channel } from './channel.js';
import type { Sent } from './channel.js';
import type { Claimer } from './claimer.js';
import type { Marker } from './marker.js';
import type { PayloadUploads } from './payload-uploads.js';
import type { SetAside } from './set-aside.js';
import type { ShardTable } from './shard-table.js';

export interface FailingTopic {
  readonly topic: string;
  readonly since: Date;
  readonly error: Error;
}

export interface ChannelsParts {
  readonly createPublisher: () => Promise<Publisher>;
  readonly claimer: Claimer;
  readonly marker: Marker;
  readonly shards: ShardTable;
  readonly settings: RelaySettings;
  readonly payloads: PayloadUploads | undefined;
  readonly setAside: Pick<SetAside, 'take'>;
  readonly onTopicRefused: (failing: FailingTopic) => void;
  readonly onTopicRecovered: (topic: string) => void;
}

/**
 * All healthy topics share one channel, one request for all of them. A topic that was refused gets a channel of its own
 * until it has caught up, so it holds up nobody else.
 */
export class Channels {
  readonly #parts: ChannelsParts;
  readonly #shared: Channel;
  readonly #isolated = new Map<string, Channel>();
  readonly #failing = new Map<string, FailingTopic>();
  #stopping = false;

  constructor(parts: ChannelsParts) {
    this.#parts = parts;
    this.#shared = new Channel({
      ...parts,
      kind: 'shared',
      shards: () => parts.shards.all().filter(({ topic }) => !this.#isolated.has(topic)),
      onSent: (sent) => this.#isolateRefused(sent),
      onIdle: () => {},
    });
  }

  get failing(): readonly FailingTopic[] {
    return [...this.#failing.values()];
  }

  /** Messages in memory. */
  get queued(): number {
    return this.#all().reduce((sum, { queue }) => sum + queue.size, 0);
  }

  get queuedBytes(): number {
    return this.#all().reduce((sum, { queue }) => sum + queue.bytes, 0);
  }

  of(topic: string): Channel {
    return this.#isolated.get(topic) ?? this.#shared;
  }

  start(): void {
    this.#shared.start();
  }

  wake(): void {
    for (const channel of this.#all()) channel.wake();
  }

  async drain(): Promise<void> {
    this.#stopping = true;
    await Promise.all(this.#all().map((channel) => channel.drain()));
  }

  async stop(): Promise<void> {
    this.#stopping = true;
    await Promise.all(this.#all().map((channel) => channel.stop()));
  }

  #all(): readonly Channel[] {
    return [this.#shared, ...this.#isolated.values()];
  }

  #isolateRefused({ refused }: Sent): void {
    for (const [{ topic }, error] of refused) if (!this.#isolated.has(topic)) this.#isolate(topic, error);
  }

  #isolate(topic: string, error: Error): void {
    const failing = { topic, since: new Date(), error };
    this.#failing.set(topic, failing);
    for (const shard of this.#parts.shards.of(topic)) shard.reset(); // what is queued in the shared channel becomes void
    const channel: Channel = new Channel({
      ...this.#parts,
      kind: 'isolated',
      shards: () => this.#parts.shards.of(topic),
      onSent: (sent) => this.#onIsolatedSent(topic, sent),
      onIdle: () => void this.#rejoin(topic, channel),
    });
    this.#isolated.set(topic, channel);
    if (!this.#stopping) channel.start();
    this.#parts.onTopicRefused(failing);
  }

  #onIsolatedSent(topic: string, { refused }: Sent): void {
    const [error] = refused.values();
    const failing = this.#failing.get(topic);
    if (error && failing) this.#failing.set(topic, { ...failing, error });
  }

  /** Its last request has ended and its last claim has arrived, so the shared channel continues where it stopped. */
  async #rejoin(topic: string, channel: Channel): Promise<void> {
    if (this.#stopping || !this.#failing.delete(topic)) return;
    await channel.stop();
    channel.queue.moveTo(this.#shared.queue);
    this.#isolated.delete(topic);
    this.#shared.wake();
    this.#parts.onTopicRecovered(topic);
  }
}
