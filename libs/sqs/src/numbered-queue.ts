import { setTimeout as sleep } from 'node:timers/promises';

import type { Message, MessageAttributeValue, SendMessageBatchRequestEntry } from '@aws-sdk/client-sqs';
import type { BrokerRecord, Lane } from '@waybill/messaging';

import type { Aws } from './aws.js';
import { decode, REQUEST_BYTES } from './record-codec.js';

/** A record as SQS gives it out, with its number in the lane. */
export interface TakenRecord {
  readonly number: number;
  readonly sequence: string;
  readonly sentMs: number;
  readonly message: Message;
}

const MOST = 10;
/** A reader hides what it has seen for a while, from itself, too. */
const HIDDEN_SECONDS = 5;
const PATIENCE_MS = 15_000;
const LOOK_AGAIN_MS = 50;

/**
 * Records of one lane that a group has taken over: a queue in which each record is by itself, with its number, so that any of them can be seen whatever has
 * become of those before it.
 */
export class NumberedQueue {
  constructor(
    private readonly aws: Aws,
    private readonly queue: string,
    private readonly lane: Lane,
    private readonly hiddenSeconds = HIDDEN_SECONDS,
  ) {}

  /** One that is there already, as somebody died in the middle of this, is the same one. @throws what AWS says */
  async put(records: readonly TakenRecord[]): Promise<void> {
    await this.#send(records.map(entryOf));
  }

  /**
   * Records from one number up to another, in order. Waits for those that somebody else is just looking at.
   * @returns less than was asked for where SQS has lost some. @throws what AWS says
   */
  async read(from: number, to: number): Promise<readonly BrokerRecord[]> {
    const found = new Map<number, BrokerRecord>();
    let endsAt = performance.now() + PATIENCE_MS;
    while (found.size < to - from && performance.now() < endsAt) {
      const messages = await this.#receive();
      const before = found.size;
      for (const message of messages) {
        const number = numberOf(message);
        if (number < from || number >= to) continue;
        found.set(number, decode(this.lane, number, message, Number(message.MessageAttributes?.['sent']?.StringValue)));
      }
      if (found.size > before) endsAt = performance.now() + PATIENCE_MS;
      if (messages.length === 0) await sleep(LOOK_AGAIN_MS);
    }
    return [...found].sort(([a], [b]) => a - b).map(([, record]) => record);
  }

  /** Moves those that are done. @throws what AWS says */
  async move(below: number, past: NumberedQueue): Promise<void> {
    const { sqs } = await this.aws.open();
    const QueueUrl = await this.aws.queueUrl(this.queue);
    for (;;) {
      const messages = await this.#receive();
      const done = messages.filter((message) => numberOf(message) < below);
      const others = messages.filter((message) => !done.includes(message));
      if (others.length > 0) {
        const Entries = entries(others).map((entry) => ({ ...entry, VisibilityTimeout: 0 }));
        await sqs.changeMessageVisibilityBatch({ QueueUrl, Entries });
      }
      if (done.length > 0) {
        await past.#send(done.map(copyOf));
        await sqs.deleteMessageBatch({ QueueUrl, Entries: entries(done) });
      }
      if (messages.length < MOST || done.length === 0) return;
    }
  }

  async #send(all: readonly SendMessageBatchRequestEntry[]): Promise<void> {
    const { sqs } = await this.aws.open();
    const QueueUrl = await this.aws.queueUrl(this.queue);
    for (const Entries of inRequests(all)) {
      const { Failed: [failed] = [] } = await sqs.sendMessageBatch({ QueueUrl, Entries: [...Entries] });
      if (failed !== undefined) throw new Error(`SQS refuses a record: ${failed.Code} ${failed.Message ?? ''}`);
    }
  }

  async #receive(): Promise<readonly Message[]> {
    const { sqs } = await this.aws.open();
    const { Messages = [] } = await sqs.receiveMessage({
      QueueUrl: await this.aws.queueUrl(this.queue),
      MaxNumberOfMessages: MOST,
      VisibilityTimeout: this.hiddenSeconds,
      WaitTimeSeconds: 0,
      MessageAttributeNames: ['All'],
      MessageSystemAttributeNames: ['MessageDeduplicationId'],
    });
    return Messages;
  }
}

function entries(messages: readonly Message[]): { readonly Id: string; readonly ReceiptHandle: string }[] {
  return messages.map(({ ReceiptHandle = '' }, index) => ({ Id: String(index), ReceiptHandle }));
}

function numberOf({ MessageAttributes: attributes }: Message): number {
  return Number(attributes?.['number']?.StringValue ?? -1);
}

function* inRequests(all: readonly SendMessageBatchRequestEntry[]): Generator<readonly SendMessageBatchRequestEntry[]> {
  let request: SendMessageBatchRequestEntry[] = [];
  let bytes = 0;
  for (const entry of all) {
    const size = sizeOf(entry);
    if (request.length === MOST || (request.length > 0 && bytes + size > REQUEST_BYTES)) {
      yield request;
      request = [];
      bytes = 0;
    }
    request.push(entry);
    bytes += size;
  }
  if (request.length > 0) yield request;
}

function entryOf({ number, sequence, sentMs, message }: TakenRecord): SendMessageBatchRequestEntry {
  const text = (value: string): MessageAttributeValue => ({ DataType: 'String', StringValue: value });
  const { waybill } = message.MessageAttributes ?? {};
  return {
    Id: String(number),
    MessageBody: message.Body ?? '',
    MessageAttributes: {
      ...(waybill === undefined ? {} : { waybill: text(waybill.StringValue ?? '') }),
      number: text(String(number)),
      sent: text(String(sentMs)),
    },
    // A group each: one that is hidden hides no other.
    MessageGroupId: String(number),
    MessageDeduplicationId: `${number}-${sequence}`,
  };
}

function copyOf(message: Message): SendMessageBatchRequestEntry {
  const number = String(numberOf(message));
  const given = Object.entries(message.MessageAttributes ?? {});
  return {
    Id: number,
    MessageBody: message.Body ?? '',
    MessageAttributes: Object.fromEntries(
      given.map(([name, { StringValue = '' }]) => [name, { DataType: 'String', StringValue }]),
    ),
    MessageGroupId: number,
    MessageDeduplicationId: message.Attributes?.MessageDeduplicationId ?? number,
  };
}

function sizeOf({ MessageBody = '', MessageAttributes = {} }: SendMessageBatchRequestEntry): number {
  return Object.entries(MessageAttributes).reduce(
    (sum, [name, { StringValue = '' }]) => sum + Buffer.byteLength(name + StringValue) + 6,
    Buffer.byteLength(MessageBody),
  );
}
