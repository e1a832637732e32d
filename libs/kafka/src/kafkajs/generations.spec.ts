import { setImmediate as turn } from 'node:timers/promises';

import { AssignerProtocol } from 'kafkajs';
import type { EachBatchPayload } from 'kafkajs';
import ConsumerGroup from 'kafkajs/src/consumer/consumerGroup.js';
import Runner from 'kafkajs/src/consumer/runner.js';

import { keepGenerationsApart } from './generations.js';

/** A fetch that waits for its answer. */
interface Asked {
  readonly fromOffset: string;
  answer(messages: readonly object[]): void;
  fail(error: object): void;
}

describe('a member whose lanes lie at two brokers', () => {
  const lanes = [0, 1]; // each at the broker of the next number
  const committed = '5';
  let asked: Map<number, Asked[]>;
  let crash: Error | undefined;
  let over: Promise<void>;
  let end: () => void;
  let delivered: string[];
  let told: string[];
  let onSync: () => void;
  let onJoined: () => void;
  let group: ConsumerGroup;
  let runner: Runner;

  beforeAll(() => keepGenerationsApart());

  beforeEach(async () => {
    asked = new Map([
      [1, []],
      [2, []],
    ]);
    crash = undefined;
    over = new Promise((resolve) => (end = resolve));
    onSync = () => {};
    onJoined = () => {};
    delivered = [];
    told = [];
    const options = { logger, cluster, instrumentationEmitter: { emit }, autoCommit: false, retry: { retries: 0 } };
    group = new ConsumerGroup({
      ...options,
      groupId: 'g',
      topics: ['t'],
      assigners: [],
      topicConfigurations: { t: {} },
      maxWaitTimeInMs: 0,
    });
    runner = new Runner({ ...options, consumerGroup: group, eachBatch, eachBatchAutoResolve: false, onCrash });
    await runner.start();
  });

  afterEach(async () => {
    const stopped = runner.stop();
    end();
    await stopped;
  });

  it('hands records over, and asks for the next ones', async () => {
    (await fetchFrom(1)).answer([{ offset: '5' }, { offset: '6' }]);
    expect((await fetchFrom(1)).fromOffset).toBe('7');
    expect(delivered).toEqual(['5', '6']);
  });

  it.each([
    ['records', {}],
    ['nothing but control records', { isControlRecord: true }],
  ])('drops what it has asked for before it joined again, and asks for it once more: %s', async (_, kind) => {
    const before = await fetchFrom(1);
    await joinAgain();
    before.answer([{ offset: '7', ...kind }]); // 5 and 6 were dropped at the join
    expect((await fetchFrom(1)).fromOffset).toBe(committed);
    expect(delivered).toEqual([]);
    expect(told).not.toContain('consumer.start_batch_process');
  });

  it('forgets what was sought while it joined again, and keeps what is sought at the join', async () => {
    const before = await fetchFrom(1);
    onSync = () => group.seek({ topic: 't', partition: 0, offset: '9' });
    onJoined = () => group.seek({ topic: 't', partition: 1, offset: '3' });
    await joinAgain();
    before.answer([]);
    expect((await fetchFrom(1)).fromOffset).toBe(committed);
    expect((await fetchFrom(2)).fromOffset).toBe('3');
  });

  /** As kafkajs does where a partition has another leader. */
  async function joinAgain(): Promise<void> {
    told = [];
    (await fetchFrom(2)).fail({ type: 'NOT_LEADER_FOR_PARTITION', message: 'moved' });
    await until(() => told.includes('consumer.group_join'));
  }

  async function fetchFrom(nodeId: number): Promise<Asked> {
    let next: Asked | undefined;
    await until(() => (next = asked.get(nodeId)?.shift()) !== undefined);
    return next as Asked;
  }

  async function until(condition: () => boolean): Promise<void> {
    while (!condition()) {
      if (crash) throw crash;
      await turn();
    }
  }

  async function eachBatch({ batch, resolveOffset }: EachBatchPayload): Promise<void> {
    for (const { offset } of batch.messages) delivered.push(offset);
    resolveOffset(batch.lastOffset());
  }

  function onCrash(error: Error): void {
    crash = error;
  }

  function emit(event: string): void {
    told.push(event);
    if (event === 'consumer.group_join') onJoined();
  }

  const logger = { namespace: () => logger, debug() {}, info() {}, warn() {}, error() {} };

  const coordinator = {
    isConnected: () => true,
    joinGroup: async () => ({ generationId: 1, leaderId: 'other', memberId: 'this', members: [], groupProtocol: 'p' }),
    syncGroup: async () => {
      onSync();
      return {
        memberAssignment: AssignerProtocol.MemberAssignment.encode({
          version: 1,
          assignment: { t: lanes },
          userData: Buffer.alloc(0),
        }),
      };
    },
    heartbeat: async () => {},
    leaveGroup: async () => {},
    offsetFetch: async () => ({
      responses: [{ topic: 't', partitions: lanes.map((partition) => ({ partition, offset: committed })) }],
    }),
  };

  const positions = {};
  const cluster = {
    connect: async () => {},
    refreshMetadata: async () => {},
    refreshMetadataIfNecessary: async () => {},
    getNodeIds: () => [1, 2],
    findGroupCoordinator: async () => coordinator,
    findTopicPartitionMetadata: () => lanes.map((partition) => ({ partitionId: partition, leader: partition + 1 })),
    committedOffsets: () => positions,
    findBroker: async ({ nodeId }: { readonly nodeId: number }) => ({
      fetch: (request: FetchRequest) =>
        new Promise((resolve, reject) => {
          const [{ partition, fetchOffset }] = request.topics[0].partitions;
          const answer = (messages: readonly object[]): void => {
            const ofLane = { partition, messages, highWatermark: '9', abortedTransactions: [] };
            resolve({ responses: [{ topicName: 't', partitions: [ofLane] }] });
          };
          asked.get(nodeId)?.push({ fromOffset: fetchOffset, answer, fail: reject });
          void over.then(() => answer([]));
        }),
    }),
  };
});

interface FetchRequest {
  readonly topics: readonly [
    { readonly partitions: readonly [{ readonly partition: number; readonly fetchOffset: string }] },
  ];
}
