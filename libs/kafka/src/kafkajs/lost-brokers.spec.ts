import { setTimeout as sleep } from 'node:timers/promises';

import ConsumerGroup from 'kafkajs/src/consumer/consumerGroup.js';

import { forgetFetches, onFetchEnd, outliveLostBrokers } from './lost-brokers.js';

const SESSION_MS = 10_000;
const interval = 0;

describe('a member of a group on kafkajs', () => {
  /** Node ids, of those that the member knows. */
  let brokers: number[];
  let asked: string[];
  let refusal: Error | undefined;
  let group: ConsumerGroup;
  /** Which commits, too. */
  let positions: { readonly coordinator: object };

  /** What a fetch by kafkajs meets, by the node. */
  const met = new Map<number, Error>();

  beforeAll(() => {
    ConsumerGroup.prototype.fetch = async function fetch(nodeId): Promise<readonly object[]> {
      const error = met.get(nodeId);
      if (error === undefined) return [{ nodeId }];
      await this.recoverFromFetch(error);
      return [];
    };
    outliveLostBrokers();
  });

  beforeEach(() => {
    brokers = [1, 2];
    asked = [];
    refusal = refused({ name: 'KafkaJSConnectionError' });
    const options = { logger, cluster, instrumentationEmitter: { emit() {} }, sessionTimeout: SESSION_MS };
    group = new ConsumerGroup({ ...options, groupId: 'g', topics: [], retry: { retries: 0 } });
    positions = { coordinator: coordinatorAt('before') };
    Object.assign(group, { memberId: 'this', coordinator: positions.coordinator, offsetManager: positions });
  });

  afterEach(() => jest.restoreAllMocks());

  it.each([
    ['is gone', { name: 'KafkaJSConnectionError' }],
    ['is going', { name: 'KafkaJSConnectionClosedError' }],
    ['has moved', { name: 'KafkaJSProtocolError', type: 'NOT_COORDINATOR_FOR_GROUP' }],
    ['is being loaded', { name: 'KafkaJSProtocolError', type: 'GROUP_LOAD_IN_PROGRESS' }],
  ])('sends heartbeats and commits to the next coordinator where the one before it %s (F89)', async (_, traits) => {
    refusal = refused(traits);
    await group.heartbeat({ interval });
    await sleep(0);
    await group.heartbeat({ interval });
    expect(asked).toEqual(['before', 'after']);
    expect(positions.coordinator).toBe(group.coordinator);
  });

  it('says what only joining again mends', async () => {
    refusal = refused({ name: 'KafkaJSProtocolError', type: 'REBALANCE_IN_PROGRESS' });
    await expect(group.heartbeat({ interval })).rejects.toBe(refusal);
  });

  it('goes on with the other lanes where the leader of one is gone (F89)', async () => {
    await expect(group.recoverFromFetch(refused({ name: 'KafkaJSConnectionError' }))).resolves.toBeUndefined();
  });

  it.each([
    ['can’t be reached', { name: 'KafkaJSConnectionError', broker: 'kafka:1' }],
    ['closes its connections', { name: 'KafkaJSConnectionClosedError', host: 'kafka', port: 1 }],
  ])('tells from which broker nothing came because it %s', async (_, traits) => {
    const error = refused(traits);
    const ended: unknown[] = [];
    onFetchEnd('this', (nodeId, failure) => void ended.push([nodeId, failure]));
    met.set(1, error);
    await Promise.all([group.fetch(1), group.fetch(2)]);
    met.clear();
    await group.fetch(1);
    forgetFetches('this');
    await group.fetch(1);
    expect(ended).toEqual([
      [2, undefined],
      [1, error],
      [1, undefined],
    ]);
  });

  it('hands nothing over that its group may have given to another member', async () => {
    const now = jest.spyOn(Date, 'now').mockReturnValue(group.lastRequest + SESSION_MS - 1);
    expect(await group.fetch(1)).toEqual([{ nodeId: 1 }]);
    const late = group.fetch(2); // begins in time, and is answered too late
    now.mockReturnValue(group.lastRequest + SESSION_MS);
    expect(await late).toEqual([]);
    expect(await group.fetch(1)).toEqual([]);
    await group.heartbeat({ interval });
    await sleep(0);
    await group.heartbeat({ interval }); // is answered
    expect(await group.fetch(1)).toEqual([{ nodeId: 1 }]);
    brokers = [1];
    now.mockReturnValue(group.lastRequest + SESSION_MS);
    expect(await group.fetch(1)).toEqual([{ nodeId: 1 }]);
  });

  it('fails where it can’t trust a broker', async () => {
    const error = refused({ name: 'KafkaJSConnectionError', code: 'CERT_HAS_EXPIRED' });
    await expect(group.recoverFromFetch(error)).rejects.toBe(error);
    refusal = error;
    await expect(group.heartbeat({ interval })).rejects.toBe(error);
  });

  it('fails where nobody answers its heartbeats for long, and where it knows one broker', async () => {
    const error = refused({ name: 'KafkaJSConnectionError' });
    const now = Date.now();
    jest.spyOn(Date, 'now').mockReturnValue(now + 2 * SESSION_MS + 1);
    await expect(group.recoverFromFetch(error)).rejects.toBe(error);
    await expect(group.heartbeat({ interval })).rejects.toBe(refusal);
    jest.restoreAllMocks();
    brokers = [1];
    await expect(group.recoverFromFetch(error)).rejects.toBe(error);
    await expect(group.heartbeat({ interval })).rejects.toBe(refusal);
  });

  const refused = (traits: object): Error => Object.assign(new Error('refused'), traits);

  const coordinatorAt = (name: string) => ({
    heartbeat: async () => {
      asked.push(name);
      if (name === 'before' && refusal) throw refusal;
    },
  });

  const cluster = {
    getNodeIds: () => brokers,
    removeBroker: () => {},
    brokerPool: {
      brokers: Object.fromEntries([1, 2].map((port) => [port, { connectionPool: { host: 'kafka', port } }])),
    },
    findGroupCoordinator: async () => coordinatorAt('after'),
  };

  const logger = { namespace: () => logger, debug() {}, info() {}, warn() {}, error() {} };
});
