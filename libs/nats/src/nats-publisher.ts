import type { PubAck } from '@nats-io/jetstream';
import { partitionOf } from '@waybill/messaging';
import type { Lane, Publisher, PublishOutcome, RecordToPublish } from '@waybill/messaging';

import { InFlight } from './in-flight.js';
import { countLanes } from './lane-streams.js';
import { nameFault } from './names.js';
import type { NatsNames } from './names.js';
import type { Nats, NatsLink } from './nats-connection.js';
import { isMissing, isNobodyThere, isTooLarge, toError } from './nats-errors.js';
import { toMessage } from './record-codec.js';
import type { NatsMessage } from './record-codec.js';

const MOST_BYTES = 4_000_000;
const MESSAGE_BYTES = 500; // what a message costs beside its own bytes
const LANES_MAX_AGE_MS = 30_000;
const OK: PublishOutcome = { ok: true };

interface KnownTopic {
  readonly lanes: number;
  readonly atMs: number;
}

/**
 * Each record is acknowledged by its stream. Records of one key go one after the other, each once the one before it is in the log: whatever
 * happens to one, no later one can be in the log without it. Records of different keys go at the same time.
 */
export class NatsPublisher implements Publisher {
  readonly #topics = new Map<string, KnownTopic>();
  readonly #inFlight = new InFlight(MOST_BYTES);
  #keyless = 0;

  constructor(
    private readonly link: NatsLink,
    private readonly names: NatsNames,
  ) {}

  async publish(records: readonly RecordToPublish[]): Promise<readonly PublishOutcome[]> {
    const topics = [...new Set(records.map(({ topic }) => topic))];
    const lanes = new Map(await Promise.all(topics.map(async (topic) => [topic, await this.#lanesOf(topic)] as const)));
    const latest = new Map<string, Promise<PublishOutcome>>();
    const outcomes = records.map((record) => {
      const publish = (): Promise<PublishOutcome> => this.#publish(record, lanes.get(record.topic) ?? 0);
      if (record.key === null) return publish();
      const key = `${record.topic}\0${record.key.toString('latin1')}`;
      const before = latest.get(key);
      const outcome = before ? before.then((of) => (of.ok ? publish() : behind(of))) : publish();
      latest.set(key, outcome);
      return outcome;
    });
    return Promise.all(outcomes);
  }

  async close(): Promise<void> {
    this.#topics.clear();
  }

  async #publish(record: RecordToPublish, lanes: number | Error): Promise<PublishOutcome> {
    const fault = nameFault(record.topic);
    if (fault !== undefined) return refused(`The topic ${JSON.stringify(record.topic)} ${fault}`);
    if (lanes instanceof Error) return { ok: false, error: lanes, retriable: true };
    try {
      if (lanes === 0) throw new Error(`There is no topic ${record.topic}`);
      const nats = await this.#nats();
      const partition = record.key === null ? (this.#keyless += 1) % lanes : partitionOf(record.key, lanes);
      const message = toMessage(record);
      const most = nats.connection.info?.max_payload ?? Infinity;
      if (message.bytes > most) return refused(`The record has ${message.bytes} bytes, and the servers take ${most}`);
      return await this.#inFlight.run(message.bytes + MESSAGE_BYTES, () =>
        this.#send(nats, { topic: record.topic, partition }, message),
      );
    } catch (error) {
      if (isTooLarge(error)) return refused(`The record is too large: ${toError(error).message}`);
      if (isNobodyThere(error)) this.#topics.delete(record.topic);
      return { ok: false, error: toError(error), retriable: true };
    }
  }

  /** @throws at once where there is no connection: the client would keep the record, and say so much later. */
  async #nats(): Promise<Nats> {
    const nats = await this.link.open();
    if (!this.link.isUp) throw new Error('There is no connection to NATS');
    return nats;
  }

  async #send(nats: Nats, lane: Lane, { payload, headers, id }: NatsMessage): Promise<PublishOutcome> {
    const subject = this.names.subject(lane);
    const expect = { streamName: this.names.stream(lane) };
    const options = { headers, expect };
    if (id === undefined) {
      await nats.js.publish(subject, payload, options);
      return OK;
    }
    const ack = await nats.js.publish(subject, payload, { ...options, msgID: id });
    if (ack.duplicate && !(await this.#isStillThere(nats, lane, ack))) {
      headers.delete('Nats-Msg-Id');
      await nats.js.publish(subject, payload, options);
    }
    return OK;
  }

  /** JetStream remembers what it has taken also where it was purged since, and drops the repetition of what isn't there any more. */
  async #isStillThere({ jsm }: Nats, lane: Lane, { seq }: PubAck): Promise<boolean> {
    try {
      return (await jsm.streams.getMessage(this.names.stream(lane), { seq })) !== null;
    } catch (error) {
      if (isMissing(error)) return false;
      throw error;
    }
  }

  /** Asked for once in a while: lanes may be added, and then every publisher has to know. */
  async #lanesOf(topic: string): Promise<number | Error> {
    if (nameFault(topic) !== undefined) return 0;
    try {
      const { jsm } = await this.#nats();
      const known = this.#topics.get(topic);
      if (known && performance.now() - known.atMs < LANES_MAX_AGE_MS) return known.lanes;
      const lanes = await countLanes(jsm, this.names, topic);
      if (lanes > 0) this.#topics.set(topic, { lanes, atMs: performance.now() });
      return lanes;
    } catch (error) {
      return toError(error);
    }
  }
}

function refused(message: string): PublishOutcome {
  return { ok: false, error: new Error(message), retriable: false };
}

/** A record whose key has one before it that was refused for good waits until somebody has decided about that. */
function behind(before: PublishOutcome & { readonly ok: false }): PublishOutcome {
  if (before.retriable) return before;
  const error = new Error('An earlier record of its key was refused for good', { cause: before.error });
  return { ok: false, error, retriable: true };
}
