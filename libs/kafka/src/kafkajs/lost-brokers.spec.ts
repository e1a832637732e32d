import { setTimeout as sleep } from 'node:timers/promises';

import ConsumerGroup from 'kafkajs/src/consumer/consumerGroup.js';

import { outliveLostBrokers } from './lost-brokers.js';

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

  beforeAll(() => outliveLostBrokers());

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
    findGroupCoordinator: async () => coordinatorAt('after'),
  };

  const logger = { namespace: () => logger, debug() {}, info() {}, warn() {}, error() {} };
});
