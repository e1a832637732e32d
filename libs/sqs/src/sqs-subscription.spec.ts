import type { SQS } from '@aws-sdk/client-sqs';
import type { Broker, LanePosition } from '@waybill/messaging';
import { ContractMember, eventually } from '@waybill/messaging/testing';

import { Aws } from './aws.js';
import type { Clients } from './aws.js';
import { SqsNames } from './names.js';
import type { Slots } from './slots.js';
import { settingsOf } from './sqs-options.js';
import { SqsSubscription } from './sqs-subscription.js';
import type { Topics } from './topics.js';

const names = new SqsNames('');
const [hidden, ...queues] = [
  names.position({ topic: 'notes', partition: 0, slot: 0 }),
  ...[0, 1].map((partition) => names.queue({ topic: 'notes', partition, slot: 0 })),
];

/** One record in each of two lanes, and nothing else. The position of the first can't be read until `isShown`. */
class TwoLanes extends Aws {
  isShown = false;
  readonly #waiting = new Set(queues);

  override async queueUrl(name: string): Promise<string> {
    return name;
  }

  override async ensureQueue(name: string): Promise<string> {
    return name;
  }

  override async count(): Promise<number> {
    return 0;
  }

  override async open(): Promise<Clients> {
    const sqs: Partial<Record<keyof SQS, unknown>> = {
      receiveMessage: async ({ QueueUrl = '' }) => this.#receive(QueueUrl),
      getQueueAttributes: async () => ({ Attributes: { CreatedTimestamp: '1' } }),
      sendMessage: async () => ({}),
      sendMessageBatch: async () => ({}),
      deleteMessageBatch: async () => ({}),
    };
    return { sqs, sns: {} } as Clients;
  }

  async #receive(queue: string): Promise<unknown> {
    if (queue === hidden && !this.isShown) throw new Error('it is hidden');
    await new Promise((resolve) => setTimeout(resolve, 5));
    if (!this.#waiting.delete(queue)) return {};
    const Attributes = { SequenceNumber: '1', SentTimestamp: '1' };
    return { Messages: [{ MessageId: 'm', Body: 'a record', ReceiptHandle: 'r', Attributes }] };
  }
}

it('reads and commits its other lanes while the position of one can not be seen, and that one once it can', async () => {
  const settings = settingsOf({ region: 'eu-central-1' });
  const aws = new TwoLanes(settings);
  const parts = {
    aws,
    names,
    settings,
    topics: {
      forget: () => {},
      card: async () => ({ lanes: 2, retentionMs: 1, arn: '' }),
    } as Partial<Topics> as Topics,
    slots: { claim: async () => 0 } as Partial<Slots> as Slots,
    log: { error: () => {}, warn: () => {}, debug: () => {} },
  };
  const broker: Partial<Broker> = {
    subscribe: async (options, listener) => {
      const subscription = new SqsSubscription(parts, options, listener);
      await subscription.start();
      return subscription;
    },
  };
  const committed: LanePosition[] = [];
  const member = await ContractMember.join(broker as Broker, {
    group: 'readers',
    topics: ['notes'],
    onCommitted: (positions) => committed.push(...positions),
  });
  await eventually(() => member.records.length === 1);
  await member.acknowledgeAll();
  await eventually(() => committed.length > 0);
  expect(committed).toEqual([{ topic: 'notes', partition: 1, next: '1' }]);
  await eventually(() => member.causes.includes('it is hidden'));
  expect(member.assignments).toHaveLength(1);

  aws.isShown = true;
  await eventually(() => member.records.length === 2);
  expect(member.records.map(({ partition }) => partition)).toEqual([1, 0]);
  await eventually(() => member.health.at(-1) === true);
  await member.close();
});
