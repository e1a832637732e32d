import type { Kafka } from 'kafkajs';
import ConsumerGroup from 'kafkajs/src/consumer/consumerGroup.js';

import { KafkajsConsumer } from './kafkajs-consumer.js';
import { outliveLostBrokers } from './lost-brokers.js';

const [ONE, TWO] = [1, 2];
const sessionTimeoutMs = 10_000;

describe('a consumer on kafkajs of which one broker can’t be reached', () => {
  const handlers = new Map<string, (event: object) => void>();
  const gone = new Set<number>();
  let told: unknown[];
  let disconnects: number;
  let consumer: KafkajsConsumer;
  let now: jest.SpyInstance<number>;

  beforeAll(() => {
    ConsumerGroup.prototype.fetch = async function fetch(nodeId): Promise<readonly object[]> {
      if (gone.has(nodeId)) await this.recoverFromFetch(refused(nodeId));
      return [];
    };
    outliveLostBrokers();
  });

  beforeEach(async () => {
    [told, disconnects] = [[], 0];
    now = jest.spyOn(performance, 'now').mockReturnValue(0);
    const options = { group: 'g', topics: ['t'], sessionTimeoutMs, metadataMaxAgeMs: 1_000 };
    consumer = new KafkajsConsumer(kafka, options, {
      onAssigned: () => {},
      onFetched: () => {},
      onPositionLost: () => {},
      onProgress: () => void told.push('progress'),
      onUnreachable: ({ message }) => void told.push(message),
      onCrash: () => {},
    });
    await consumer.start();
    handlers.get('GROUP_JOIN')?.({ payload: { memberId: 'this', memberAssignment: {} } });
  });

  afterEach(() => jest.restoreAllMocks());

  /** As kafkajs' fetcher does it. */
  async function fetchFrom(nodeId: number): Promise<void> {
    handlers.get('FETCH_START')?.({ payload: { nodeId } });
    await group.fetch(nodeId);
  }

  it('says so, and has made no progress before that one answers', async () => {
    gone.add(ONE);
    for (const node of [ONE, TWO, ONE]) await fetchFrom(node);
    expect(told).toEqual([]);
    now.mockReturnValue(2 * sessionTimeoutMs);
    for (const node of [ONE, TWO]) await fetchFrom(node);
    expect(told).toEqual(['1 is gone']);
    gone.clear();
    for (const node of [ONE, TWO]) await fetchFrom(node);
    expect(told).toEqual(['1 is gone', 'progress']);
  });

  it('closes what a look for the coordinator opens after its end', async () => {
    group.coordinator = { heartbeat: () => Promise.reject(refused(ONE)) };
    await group.heartbeat({ interval: 0 });
    await consumer.close();
    expect(disconnects).toBe(1);
    found({});
    await new Promise(setImmediate);
    expect(disconnects).toBe(2);
  });

  let found: (coordinator: object) => void = () => {};
  const refused = (port: number) =>
    Object.assign(new Error(`${port} is gone`), { name: 'KafkaJSConnectionError', broker: `kafka:${port}` });

  const logger = { namespace: () => logger, debug() {}, info() {}, warn() {}, error() {} };
  const cluster = {
    getNodeIds: () => [ONE, TWO],
    findGroupCoordinator: () => new Promise<object>((resolve) => (found = resolve)),
    brokerPool: {
      brokers: Object.fromEntries([ONE, TWO].map((port) => [port, { connectionPool: { host: 'kafka', port } }])),
    },
  };
  const group = Object.assign(
    new ConsumerGroup({ logger, cluster, groupId: 'g', topics: [], sessionTimeout: 10_000, retry: {} }),
    { memberId: 'this', offsetManager: {} },
  );
  // What a consumer asks of kafkajs.
  const kafka = {
    consumer: () => ({
      events: { FETCH_START: 'FETCH_START', GROUP_JOIN: 'GROUP_JOIN' },
      on: (name: string, handle: (event: object) => void) => void handlers.set(name, handle),
      connect: async () => {},
      subscribe: async () => {},
      run: async () => {},
      disconnect: async () => void (disconnects += 1),
    }),
  } as unknown as Kafka;
});
