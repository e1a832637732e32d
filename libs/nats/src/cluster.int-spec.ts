import { setTimeout as delay } from 'node:timers/promises';

import type { Broker, BrokerRecord } from '@waybill/messaging';
import { ContractMember, eventually } from '@waybill/messaging/testing';

import { describeOnOwnServer, OwnServer } from './testing/own-server.js';
import { testNats } from './testing/test-nats.js';

jest.setTimeout(240_000);

const KEYS = ['k0', 'k1', 'k2', 'k3'];
const PER_STEP = 20;

describeOnOwnServer('a cluster of three NATS servers', () => {
  let servers: readonly OwnServer[] = [];
  let brokers: readonly Broker[] = [];

  beforeAll(async () => {
    servers = await OwnServer.startCluster(3);
    const settings = { servers: servers.map(({ url }) => url), partitions: 3, replicas: 3, startTimeoutMs: 60_000 };
    brokers = [0, 1].map(() => testNats({ ...settings, sessionTimeoutMs: 4_000 }));
    await brokers[0]?.ensureTopics([{ name: 'notes', kind: 'event' }]);
  }, 120_000);

  afterAll(async () => {
    await Promise.all(brokers.map((broker) => broker.close()));
    await Promise.all(servers.map((server) => server.remove()));
  });

  /** A record of each key, as a relay does: again until it is acknowledged. */
  async function publish(value: string): Promise<void> {
    const publisher = await (brokers[0] as Broker).createPublisher();
    let left = KEYS.map((key) => ({ topic: 'notes', key: Buffer.from(key), value: Buffer.from(value), headers: {} }));
    await eventually(async () => {
      const outcomes = await publisher.publish(left);
      left = left.filter((_, index) => outcomes[index]?.ok !== true);
      return left.length === 0;
    }, 60_000);
    await publisher.close();
  }

  it('each of which is killed in turn and comes back loses nothing and keeps the order of keys, with three replicas', async () => {
    const heard: BrokerRecord[] = [];
    const hear = (member: ContractMember, records: readonly BrokerRecord[]) => {
      heard.push(...records);
      setImmediate(() => member.acknowledge(member.current)); // what is still being handed over can't be acknowledged
    };
    const members = await Promise.all(
      brokers.map((broker) => ContractMember.join(broker, { group: 'g', topics: ['notes'] }, hear)),
    );
    await eventually(() => members.every(({ lanes }) => lanes.length > 0), 60_000);

    let published = 0;
    const rolled = new AbortController();
    const publishing = (async () => {
      for (; !rolled.signal.aborted; published += 1) {
        await publish(String(published));
        await delay(20); // a load, not a flood
      }
    })();
    const more = async () => {
      const before = published;
      await eventually(() => published > before + PER_STEP, 60_000);
    };
    for (const server of servers) {
      await more();
      await server.kill();
      await more();
      await server.start();
    }
    rolled.abort();
    await publishing;

    const numbers = Array.from({ length: published }, (_, n) => n);
    const distinct = () => new Set(heard.map(({ key, value }) => `${String(key)} ${String(value)}`)).size;
    await eventually(() => distinct() === KEYS.length * published, 60_000);
    const firsts = KEYS.map((key) => [
      ...new Set(heard.filter((record) => String(record.key) === key).map(({ value }) => Number(value))),
    ]);
    expect(firsts).toEqual(KEYS.map(() => numbers));
    await eventually(() => members.every(({ health }) => health.at(-1) === true), 60_000);
    const reader = brokers[0]?.createLagReader({ group: 'g', topics: ['notes'] });
    await eventually(async () => ((await reader?.read()) ?? []).every(({ messages }) => messages === 0), 60_000);
    await reader?.close();
    expect(members.flatMap(({ lost }) => lost)).toEqual([]);
  });
});
