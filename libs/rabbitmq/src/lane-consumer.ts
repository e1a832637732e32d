import type { BrokerRecord, Lane } from '@waybill/messaging';
import type { Channel, ChannelModel, ConsumeMessage } from 'amqplib';

import { closeChannel } from './connection.js';
import { InTurn } from './in-turn.js';
import { offsetOf, stored, toRecord } from './message.js';
import type { StoredMessage } from './message.js';
import { RabbitError, toRabbitError } from './rabbit-errors.js';

export interface LaneListener {
  /** None of these may block. `ids` belong to the records. */
  onRecords(records: readonly BrokerRecord[], ids: readonly (string | undefined)[]): void;
  /** What lies before this position is never handed over. */
  onPassed(next: number, id: string | undefined): void;
  /** The record at the position is gone, or the log is another one; it continues at the other position. */
  onPositionLost(lost: number, next: number): void;
  onBroken(error: Error): void;
}

export interface LaneStart {
  readonly next: number;
  /** Id of the record before it: where another one is found there, it is another log. */
  readonly record: string | undefined;
}

/**
 * Reads the stream of a lane. What arrives is acknowledged as it is handed over, so that the broker never waits for a handler; a lane
 * that is paused has no consumer, so that nothing of it waits anywhere but in the stream. Each consumer has a channel of its own: on a
 * channel that has read the stream before, RabbitMQ may deliver before it has said that there is a consumer.
 */
export class LaneConsumer {
  #connection: ChannelModel | undefined;
  /** What comes on another channel doesn't count. */
  #channel: Channel | undefined;
  readonly #attachments = new InTurn();
  #arrived: ConsumeMessage[] = [];
  #handOver: NodeJS.Immediate | undefined;
  #next = 0;
  #expected: string | undefined;
  #paused = false;
  #stopped = false;

  constructor(
    readonly lane: Lane,
    private readonly stream: string,
    private readonly prefetch: number,
    private readonly listener: LaneListener,
  ) {}

  async start(connection: ChannelModel, { next, record }: LaneStart): Promise<void> {
    this.#connection = connection;
    this.#next = next;
    this.#expected = record;
    await this.#attach();
  }

  pause(): void {
    if (this.#paused) return;
    this.#paused = true;
    void this.#detach();
  }

  resume(): void {
    if (!this.#paused) return;
    this.#paused = false;
    void this.#attach();
  }

  /** Nothing is handed over any more once it is called. */
  async stop(): Promise<void> {
    this.#stopped = true;
    await this.#detach();
  }

  #attach(): Promise<void> {
    return this.#attachments.run(async () => {
      if (this.#paused || this.#stopped || this.#channel !== undefined) return;
      try {
        await this.#consume();
      } catch (error) {
        this.#broken(toRabbitError(error));
      }
    });
  }

  async #consume(): Promise<void> {
    const channel = await this.#connection?.createChannel();
    if (channel === undefined) return;
    this.#channel = channel;
    const onBroken = (error: Error): void => void (channel === this.#channel && this.#broken(error));
    channel.on('error', onBroken);
    channel.on('close', () => onBroken(new RabbitError('The connection was lost', { isConnectionProblem: true })));
    await channel.prefetch(this.prefetch);
    const from = this.#expected === undefined ? this.#next : this.#next - 1;
    await channel.consume(this.stream, (message) => this.#take(channel, message), {
      arguments: { 'x-stream-offset': offsetOf(from) },
    });
    if (this.#paused || this.#stopped) await this.#detach();
  }

  /** What has arrived comes again. */
  async #detach(): Promise<void> {
    const channel = this.#channel;
    this.#channel = undefined;
    this.#arrived = [];
    clearImmediate(this.#handOver);
    this.#handOver = undefined;
    if (channel !== undefined) await closeChannel(channel);
  }

  #take(channel: Channel, message: ConsumeMessage | null): void {
    if (channel !== this.#channel) return;
    if (message === null) return this.#broken(new RabbitError(`${this.stream} was deleted`, { code: 404 }));
    this.#arrived.push(message);
    this.#handOver ??= setImmediate(() => this.#flush(channel));
  }

  #flush(channel: Channel): void {
    this.#handOver = undefined;
    const arrived = this.#arrived.splice(0);
    const messages = arrived.map(stored).filter((message) => this.#follows(channel, message));
    const [newest, last] = [arrived.at(-1), messages.at(-1)];
    try {
      if (newest !== undefined && channel === this.#channel) channel.ack(newest, true);
      const carried = messages.filter(({ card }) => card === undefined);
      if (carried.length > 0) {
        this.listener.onRecords(
          carried.map((message) => toRecord(this.lane, message)),
          carried.map(({ id }) => id),
        );
      }
      if (last?.card !== undefined) this.listener.onPassed(last.offset, last.id); // the position behind it
    } catch (error) {
      this.#broken(error instanceof Error ? error : new Error(String(error)));
    }
  }

  /** Sees to it that nothing is left out unnoticed. */
  #follows(channel: Channel, message: StoredMessage): boolean {
    if (channel !== this.#channel) return false;
    const position = message.offset - offsetOf(0);
    const expected = this.#expected;
    this.#expected = undefined;
    if (expected !== undefined && position === this.#next - 1) {
      if (message.id !== expected) this.#beginAgain();
      return false;
    }
    if (position < this.#next) return false;
    if (position > this.#next) this.listener.onPositionLost(this.#next, position);
    this.#next = position + 1;
    return true;
  }

  /** Another log has taken the place of the one that was read. */
  #beginAgain(): void {
    this.listener.onPositionLost(this.#next, 0);
    this.#next = 0;
    void this.#detach();
    void this.#attach();
  }

  #broken(error: Error): void {
    if (this.#stopped) return;
    this.#stopped = true;
    void this.#detach();
    this.listener.onBroken(error);
  }
}
