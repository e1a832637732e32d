import { within } from '@waybill/observability';
import type { Channel, ChannelModel, ConsumeMessage } from 'amqplib';

import { closeChannel, whenBroken } from './connection.js';
import { InTurn } from './in-turn.js';
import { stored } from './message.js';
import type { StoredMessage } from './message.js';
import { RabbitError, toRabbitError } from './rabbit-errors.js';

/** Where to begin: RabbitMQ's own words, an offset, or a time in seconds since 1970. */
export type StreamOffset = 'first' | 'last' | number | { readonly '!': 'timestamp'; readonly value: number };

/** Each of our streams holds a record at least, so an answer comes; later than this, nobody can say what is in it. */
const READ_TIMEOUT_MS = 10_000;
const LARGEST_CHUNK = 65_535;

interface Place {
  readonly channel: Channel;
  readonly broken: Promise<never>;
}

/**
 * Reads single records of streams. A channel for each stream is kept: the first reading on a channel costs the broker several times
 * what a later one does.
 */
export class StreamReader {
  readonly #places = new Map<string, Promise<Place>>();
  readonly #turns = new Map<string, InTurn>();
  #count = 0;

  constructor(private readonly connection: ChannelModel) {}

  /** The first record at the offset or behind it. There must be one. */
  async readFrom(stream: string, offset: StreamOffset, timeoutMs = READ_TIMEOUT_MS): Promise<StoredMessage> {
    return this.#inTurn(stream, async ({ channel, broken }) => {
      await channel.prefetch(1);
      const { first, stop } = this.#consume(channel, stream, offset, () => {});
      const message = await within(timeoutMs, Promise.race([broken, first]));
      await stop();
      return message;
    });
  }

  /**
   * The stream's last record. RabbitMQ says nowhere how long a stream is, and begins at its last *chunk*, however much that holds; but
   * it delivers that at once, and answers a later request behind it.
   */
  async readLast(stream: string): Promise<StoredMessage> {
    return this.#inTurn(stream, async ({ channel, broken }) => {
      let last: StoredMessage | undefined;
      await channel.prefetch(LARGEST_CHUNK);
      const { first, stop } = this.#consume(channel, stream, 'last', (message) => (last = message));
      await within(READ_TIMEOUT_MS, Promise.race([broken, first]));
      await stop();
      return last ?? first;
    });
  }

  async close(): Promise<void> {
    const places = [...this.#places.values()];
    this.#places.clear();
    await Promise.all(places.map((place) => place.then(({ channel }) => closeChannel(channel))));
  }

  #consume(channel: Channel, stream: string, offset: StreamOffset, take: (message: StoredMessage) => unknown) {
    const consumerTag = `reader-${(this.#count += 1)}`;
    let newest: ConsumeMessage | undefined;
    const first = new Promise<StoredMessage>((resolve, reject) => {
      const onMessage = (message: ConsumeMessage | null): void => {
        if (message === null) return reject(new RabbitError(`${stream} was deleted`, { code: 404 }));
        newest = message;
        const read = stored(message);
        take(read);
        resolve(read);
      };
      channel.consume(stream, onMessage, { consumerTag, arguments: { 'x-stream-offset': offset } }).catch(reject);
    });
    const stop = async (): Promise<void> => {
      await channel.cancel(consumerTag);
      if (newest !== undefined) channel.ack(newest, true);
    };
    return { first, stop };
  }

  async #inTurn<Result>(stream: string, work: (place: Place) => Promise<Result>): Promise<Result> {
    const turns = this.#turns.get(stream) ?? new InTurn();
    this.#turns.set(stream, turns);
    return turns.run(async () => {
      try {
        return await this.#at(stream, work);
      } catch (error) {
        // On a kept channel a delivery may come before the answer that there is a consumer. On a new one it can't.
        if (!isBeforeItsTime(error)) throw toRabbitError(error);
        return this.#at(stream, work);
      }
    });
  }

  async #at<Result>(stream: string, work: (place: Place) => Promise<Result>): Promise<Result> {
    const opening = this.#places.get(stream) ?? this.#open();
    this.#places.set(stream, opening);
    try {
      return await work(await opening);
    } catch (error) {
      this.#places.delete(stream);
      await opening.then(({ channel }) => closeChannel(channel)).catch(() => {}); // it couldn't be opened
      throw error;
    }
  }

  async #open(): Promise<Place> {
    const channel = await this.connection.createChannel();
    return { channel, broken: whenBroken(channel) };
  }
}

/** As the library says it. */
function isBeforeItsTime(error: unknown): boolean {
  return error instanceof Error && error.message.startsWith('Unknown consumer');
}

const readers = new WeakMap<ChannelModel, StreamReader>();

/** The connection's reader; its channels go with the connection. */
export function readerOn(connection: ChannelModel): StreamReader {
  const known = readers.get(connection);
  if (known !== undefined) return known;
  const reader = new StreamReader(connection);
  readers.set(connection, reader);
  return reader;
}
