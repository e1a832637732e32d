import type { Broker } from '@waybill/messaging';
import { InMemoryBroker } from '@waybill/messaging/testing';

import { brokerSpace, testedBroker } from '../system/tested-broker.js';
import { contract, GROUP } from './one-service.js';

/** A broker, and what the property does to it and asks of it. */
export interface PropertyBroker {
  readonly broker: Broker;
  /** For a replica of the service, which closes it. */
  open(): Broker;
  /** Whether everything of the contract's topic is acknowledged. */
  isConsumed(): boolean | Promise<boolean>;
  /** Has all lanes assigned again, and delivered from what is acknowledged on. */
  rebalance(): Promise<void>;
  /** A member takes lanes, acknowledges nothing and is gone. */
  loseMember(): Promise<void>;
  remove(): Promise<void>;
}

const PARTITIONS = 6;
const subscription = { group: GROUP, topics: [contract.topic] };
const deaf = { onRecords: () => {}, onAssigned: () => {}, onHealth: () => {} };

/** In memory, so that there are many lives in little time; on RabbitMQ or NATS where the run is about one. */
export async function propertyBroker(): Promise<PropertyBroker> {
  return testedBroker() === 'kafka' ? inMemory() : onServer();
}

function inMemory(): PropertyBroker {
  const broker = new InMemoryBroker(PARTITIONS);
  return {
    broker,
    open: () => broker,
    isConsumed() {
      const lanes = new Map<string, number>();
      for (const { topic, partition } of broker.records(contract.topic)) {
        const lane = `${topic}/${partition}`;
        lanes.set(lane, (lanes.get(lane) ?? 0) + 1);
      }
      const committed = broker.committed(GROUP);
      return [...lanes].every(([lane, count]) => committed.get(lane) === count);
    },
    rebalance: async () => broker.rebalance(GROUP),
    loseMember: async () => (await broker.subscribe(subscription, deaf)).close(),
    remove: () => broker.close(),
  };
}

function onServer(): PropertyBroker {
  const space = brokerSpace();
  const broker = space.open({ partitions: PARTITIONS });
  const lag = broker.createLagReader(subscription);
  // Members that come and go are what has lanes assigned again.
  const loseMember = async () => (await broker.subscribe(subscription, deaf)).close();
  return {
    broker,
    open: () => space.open({ partitions: PARTITIONS }),
    isConsumed: async () => (await lag.read()).every(({ messages }) => messages === 0),
    rebalance: loseMember,
    loseMember,
    async remove() {
      await lag.close();
      await broker.close();
      await space.remove();
    },
  };
}
