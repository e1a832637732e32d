import { partitionOf } from '@waybill/messaging';
import type { Lane, Publisher, PublishOutcome, RecordToPublish } from '@waybill/messaging';
import { newId } from '@waybill/observability';

import type { Aws } from './aws.js';
import { nameFault } from './names.js';
import { encode, MOST_BYTES, REQUEST_BYTES } from './record-codec.js';
import type { EncodedRecord } from './record-codec.js';
import { isMissing, toError } from './sqs-errors.js';
import type { TopicCard, Topics } from './topics.js';

/** SNS takes no more in a request. */
const MOST_RECORDS = 10;
const OK: PublishOutcome = { ok: true };
/** A lane is one sequence: SQS gives out one record of it after the other. */
const WHOLE_LANE = 'lane';

interface Waiting {
  readonly index: number;
  readonly record: RecordToPublish;
  readonly encoded: EncodedRecord;
}

/**
 * Lanes are published to at the same time, a lane's records in requests of ten, one after the other. A request has one record of a key at most: SNS may
 * refuse some records of a request and take others, and what follows a record in its key must not be there without it.
 */
export class SqsPublisher implements Publisher {
  #keyless = 0;

  constructor(
    private readonly aws: Aws,
    private readonly topics: Topics,
  ) {}

  async publish(records: readonly RecordToPublish[]): Promise<readonly PublishOutcome[]> {
    const names = [...new Set(records.map(({ topic }) => topic))];
    const cards = new Map(await Promise.all(names.map(async (topic) => [topic, await this.#cardOf(topic)] as const)));
    const outcomes: PublishOutcome[] = records.map(() => OK);
    const lanes = new Map<string, { readonly lane: Lane; readonly arn: string; readonly waiting: Waiting[] }>();
    for (const [index, record] of records.entries()) {
      const card = cards.get(record.topic);
      if (card === undefined || card instanceof Error) {
        outcomes[index] = missing(record.topic, card);
        continue;
      }
      const { topic, key } = record;
      const partition = key === null ? (this.#keyless += 1) % card.lanes : partitionOf(key, card.lanes);
      const arn = this.topics.laneArn(card, { topic, partition });
      const lane = lanes.get(arn) ?? { lane: { topic, partition }, arn, waiting: [] };
      lane.waiting.push({ index, record, encoded: encode(record) });
      lanes.set(arn, lane);
    }
    await Promise.all(
      [...lanes.values()].map(({ lane, arn, waiting }) => this.#publishLane(lane, arn, waiting, outcomes)),
    );
    return outcomes;
  }

  async close(): Promise<void> {}

  async #cardOf(topic: string): Promise<TopicCard | Error | undefined> {
    return this.topics.card(topic).catch(toError);
  }

  async #publishLane(lane: Lane, arn: string, waiting: readonly Waiting[], outcomes: PublishOutcome[]): Promise<void> {
    const failed = new Map<string, PublishOutcome & { readonly ok: false }>();
    const fail = ({ index, record }: Waiting, outcome: PublishOutcome & { readonly ok: false }): void => {
      outcomes[index] = outcome;
      if (record.key !== null) failed.set(keyOf(record), outcome);
    };
    let rest = waiting;
    while (rest.length > 0) {
      const { batch, later } = nextBatch(rest);
      rest = later;
      const sent = batch.filter((one) => {
        const before = one.record.key === null ? undefined : failed.get(keyOf(one.record));
        if (before !== undefined) fail(one, behind(before));
        else if (one.encoded.bytes > MOST_BYTES) fail(one, tooLarge(one.encoded.bytes));
        else return true;
        return false;
      });
      for (const [one, outcome] of await this.#send(lane.topic, arn, sent)) fail(one, outcome);
    }
  }

  /** @returns those that weren't taken. */
  async #send(
    topic: string,
    TopicArn: string,
    batch: readonly Waiting[],
  ): Promise<readonly (readonly [Waiting, PublishOutcome & { readonly ok: false }])[]> {
    if (batch.length === 0) return [];
    try {
      const { sns } = await this.aws.open();
      const { Failed = [] } = await sns.publishBatch({
        TopicArn,
        PublishBatchRequestEntries: batch.map(({ encoded }, index) => ({
          Id: String(index),
          Message: encoded.text,
          MessageAttributes: { ...encoded.attributes },
          MessageGroupId: WHOLE_LANE,
          // The client's own repetitions of this request are dropped; another publication of the same record isn't.
          MessageDeduplicationId: newId(),
        })),
      });
      return Failed.flatMap(({ Id, Code, Message = '', SenderFault = false }) => {
        const one = batch[Number(Id)];
        const error = new Error(`SNS refuses the record: ${Code} ${Message}`);
        const isRetriable = !SenderFault || !/too long|InvalidParameter/i.test(`${Code} ${Message}`);
        return one === undefined ? [] : [[one, { ok: false, error, retriable: isRetriable }] as const];
      });
    } catch (error) {
      if (isMissing(error)) this.topics.forget(topic);
      const outcome = { ok: false, error: toError(error), retriable: true } as const;
      return batch.map((one) => [one, outcome] as const);
    }
  }
}

/** As many as SNS takes, each of another key; a record waits for those before it in its key. */
function nextBatch(waiting: readonly Waiting[]): {
  readonly batch: readonly Waiting[];
  readonly later: readonly Waiting[];
} {
  const batch: Waiting[] = [];
  const later: Waiting[] = [];
  const keys = new Set<string>();
  let bytes = 0;
  for (const one of waiting) {
    const { record, encoded } = one;
    const key = record.key === null ? undefined : keyOf(record);
    const fits = batch.length === 0 || (batch.length < MOST_RECORDS && bytes + encoded.bytes <= REQUEST_BYTES);
    if (fits && (key === undefined || !keys.has(key))) {
      batch.push(one);
      bytes += encoded.bytes;
    } else later.push(one);
    if (key !== undefined) keys.add(key);
  }
  return { batch, later };
}

function keyOf({ key }: RecordToPublish): string {
  return key?.toString('latin1') ?? '';
}

function missing(topic: string, card: Error | undefined): PublishOutcome {
  const fault = nameFault(topic);
  if (fault !== undefined)
    return { ok: false, error: new Error(`The topic ${JSON.stringify(topic)} ${fault}`), retriable: false };
  return { ok: false, error: card ?? new Error(`There is no topic ${topic}`), retriable: true };
}

function tooLarge(bytes: number): PublishOutcome & { readonly ok: false } {
  const error = new Error(`The record has ${bytes} bytes as it travels, and SNS takes ${MOST_BYTES}`);
  return { ok: false, error, retriable: false };
}

/** A record whose key has one before it that was refused for good waits until somebody has decided about that. */
function behind(before: PublishOutcome & { readonly ok: false }): PublishOutcome & { readonly ok: false } {
  if (before.retriable) return before;
  const error = new Error('An earlier record of its key was refused for good', { cause: before.error });
  return { ok: false, error, retriable: true };
}
