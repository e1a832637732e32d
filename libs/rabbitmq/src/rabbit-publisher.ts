import { randomBytes } from 'node:crypto';

import { partitionOf } from '@waybill/messaging';
import type { Publisher, PublishOutcome, RecordToPublish } from '@waybill/messaging';
import { TimedOutError, within } from '@waybill/observability';
import type { ChannelModel, ConfirmChannel } from 'amqplib';

import { closeConnection } from './connection.js';
import { headerBytes, MAX_HEADER_BYTES, toMessage } from './message.js';
import type { OutgoingMessage } from './message.js';
import type { Names } from './names.js';
import { isTooLarge, RabbitError, toRabbitError } from './rabbit-errors.js';
import type { RabbitSettings } from './rabbit-options.js';
import type { TopicCard, Topics } from './topics.js';

export interface PublisherParts {
  readonly connect: () => Promise<ChannelModel>;
  readonly topics: Pick<Topics, 'card' | 'forget'>;
  readonly names: Names;
  readonly settings: RabbitSettings;
}

interface Prepared {
  readonly index: number;
  readonly record: RecordToPublish;
  readonly lane: number;
  readonly message: OutgoingMessage;
}

/** Why records weren't published, by their index. */
type Failures = Map<number, RabbitError>;

const OK: PublishOutcome = { ok: true };
const NO_ROUTE = 312;

/**
 * All records of a call in one burst, each confirmed once a quorum of nodes has it. An error of the protocol closes the channel, and
 * what wasn't confirmed by then is sent again topic by topic, so that the outcome names the bad one.
 */
export class RabbitPublisher implements Publisher {
  readonly #id = randomBytes(9).toString('base64url');
  #connection: ChannelModel | undefined;
  #opening: Promise<ConfirmChannel> | undefined;
  /** Why the last channel broke. */
  #breach: RabbitError | undefined;
  /** Ids of messages that no lane has taken. */
  readonly #returned = new Set<string>();
  #count = 0;
  #keyless = 0;
  #closed = false;

  constructor(private readonly parts: PublisherParts) {}

  async connect(): Promise<void> {
    await this.#channel();
  }

  async publish(records: readonly RecordToPublish[]): Promise<readonly PublishOutcome[]> {
    const outcomes: PublishOutcome[] = Array.from({ length: records.length }, () => OK);
    const prepared = await this.#prepare(records, outcomes);
    const failures = await this.#send(prepared);
    const failed = prepared.filter(({ index }) => failures.has(index));
    if (this.#breach?.isConnectionProblem === false) await this.#sendByTopic(failed, failures);
    for (const [index, error] of failures) outcomes[index] = { ok: false, error, retriable: !isTooLarge(error) };
    return outcomes;
  }

  async close(): Promise<void> {
    this.#closed = true;
    await this.#opening?.catch(() => {}); // what couldn't be opened is closed
    await this.#disconnect();
  }

  /** Sets the outcomes of those that aren't sent at all. */
  async #prepare(records: readonly RecordToPublish[], outcomes: PublishOutcome[]): Promise<readonly Prepared[]> {
    const cards = await this.#cardsOf(records);
    const refusedKeys = new Set<string>();
    return records.flatMap((record, index) => {
      const card = cards.get(record.topic);
      const message = toMessage(record, `${this.#id}-${(this.#count += 1)}`);
      const error = card instanceof RabbitError ? card : this.#faultOf(record, message, refusedKeys);
      if (error !== undefined) outcomes[index] = { ok: false, error, retriable: !isTooLarge(error) };
      if (error !== undefined || card === undefined || card instanceof RabbitError) return [];
      const { key } = record;
      const lane = key === null ? (this.#keyless += 1) % card.partitions : partitionOf(key, card.partitions);
      return [{ index, record, lane, message }];
    });
  }

  async #cardsOf(records: readonly RecordToPublish[]): Promise<ReadonlyMap<string, TopicCard | RabbitError>> {
    const topics = [...new Set(records.map(({ topic }) => topic))];
    const cards = await Promise.all(
      topics.map(async (topic) => {
        const card = await this.parts.topics.card(topic).catch(toRabbitError);
        return [topic, card ?? new RabbitError(`There is no topic ${topic}`, { code: 404 })] as const;
      }),
    );
    return new Map(cards);
  }

  #faultOf(record: RecordToPublish, message: OutgoingMessage, refusedKeys: Set<string>): RabbitError | undefined {
    if (record.key !== null && refusedKeys.has(keyOf(record))) return behind();
    const { maxMessageBytes } = this.parts.settings;
    const headers = headerBytes(message);
    const bytes = message.content.length + headers;
    if (bytes <= maxMessageBytes && headers <= MAX_HEADER_BYTES) return undefined;
    if (record.key !== null) refusedKeys.add(keyOf(record));
    const limit = headers > MAX_HEADER_BYTES ? `${MAX_HEADER_BYTES} of headers` : `${maxMessageBytes}`;
    return new RabbitError(`The message size ${bytes} is larger than what is published (${limit} bytes)`, {
      code: 406,
    });
  }

  async #sendByTopic(failed: readonly Prepared[], failures: Failures): Promise<void> {
    const byTopic = groupByTopic(failed);
    for (const [topic, group] of byTopic) {
      await this.#sendAgain(group, failures);
      const [error] = group.flatMap(({ index }) => failures.get(index) ?? []);
      if (error === undefined) continue;
      this.parts.topics.forget(topic);
      if (isTooLarge(error) && group.length > 1) await this.#sendOneByOne(group, failures);
    }
  }

  /** Order: what follows a record of its key that was refused waits until somebody has decided about that. */
  async #sendOneByOne(group: readonly Prepared[], failures: Failures): Promise<void> {
    const refusedKeys = new Set<string>();
    for (const one of group.filter(({ index }) => failures.has(index))) {
      const id = keyOf(one.record);
      if (refusedKeys.has(id)) failures.set(one.index, behind());
      else await this.#sendAgain([one], failures);
      if (failures.has(one.index) && one.record.key !== null) refusedKeys.add(id);
    }
  }

  async #sendAgain(group: readonly Prepared[], failures: Failures): Promise<void> {
    for (const { index } of group) failures.delete(index);
    for (const [index, error] of await this.#send(group)) failures.set(index, error);
  }

  async #send(group: readonly Prepared[]): Promise<Failures> {
    const failures: Failures = new Map();
    if (group.length === 0) return failures;
    this.#breach = undefined;
    const pending = new Set(group.map(({ index }) => index));
    const failAll = (error: RabbitError): void => pending.forEach((index) => void failures.set(index, error));
    try {
      const channel = await this.#channel();
      const confirmed = group.map(async (one) => {
        const error = await this.#sendOne(channel, one);
        pending.delete(one.index);
        if (error !== undefined) failures.set(one.index, error);
      });
      await within(this.parts.settings.publishTimeoutMs, Promise.all(confirmed));
    } catch (error) {
      failAll(toRabbitError(error));
      if (error instanceof TimedOutError) await this.#disconnect(); // what is still on its way must not follow later
    }
    return failures;
  }

  #sendOne(channel: ConfirmChannel, { record, lane, message }: Prepared): Promise<RabbitError | undefined> {
    const { content, properties } = message;
    const { messageId = '' } = properties;
    return new Promise((resolve) => {
      const onConfirmed = (error: unknown): void => {
        if (this.#returned.delete(messageId)) {
          this.parts.topics.forget(record.topic);
          resolve(new RabbitError(`A lane of ${record.topic} is missing`, { code: NO_ROUTE }));
        } else if (error === null || error === undefined) resolve(undefined);
        else resolve(this.#breach ?? toRabbitError(error));
      };
      try {
        const options = { ...properties, mandatory: true };
        channel.publish(this.parts.names.topic(record.topic), String(lane), content, options, onConfirmed);
      } catch (error) {
        resolve(this.#breach ?? toRabbitError(error));
      }
    });
  }

  async #channel(): Promise<ConfirmChannel> {
    const opening = (this.#opening ??= this.#open());
    try {
      return await opening;
    } catch (error) {
      if (this.#opening === opening) this.#opening = undefined;
      throw toRabbitError(error);
    }
  }

  async #open(): Promise<ConfirmChannel> {
    if (this.#closed) throw new RabbitError('The publisher is closed', { isConnectionProblem: true });
    const connection = this.#connection ?? (await this.parts.connect());
    if (this.#connection === undefined) {
      this.#connection = connection;
      connection.once('close', () => {
        if (this.#connection === connection) this.#connection = undefined;
      });
    }
    const channel = await connection.createConfirmChannel();
    channel.on('error', (error) => (this.#breach = toRabbitError(error)));
    channel.on('close', () => {
      this.#breach ??= new RabbitError('The connection was lost', { isConnectionProblem: true });
      this.#opening = undefined;
      this.#returned.clear();
    });
    channel.on('return', ({ properties }) => this.#returned.add(String(properties.messageId)));
    return channel;
  }

  async #disconnect(): Promise<void> {
    const connection = this.#connection;
    this.#connection = undefined;
    this.#opening = undefined;
    if (connection !== undefined) await closeConnection(connection);
  }
}

function keyOf({ topic, key }: RecordToPublish): string {
  return `${topic}\0${key?.toString('latin1') ?? ''}`;
}

function behind(): RabbitError {
  return new RabbitError('An earlier record of its key was refused for good', {});
}

function groupByTopic(group: readonly Prepared[]): ReadonlyMap<string, readonly Prepared[]> {
  const byTopic = new Map<string, Prepared[]>();
  for (const one of group) byTopic.set(one.record.topic, [...(byTopic.get(one.record.topic) ?? []), one]);
  return byTopic;
}
