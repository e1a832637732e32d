import { setImmediate } from 'node:timers/promises';

import { brokerContract } from './broker-contract.js';
import { eventually } from './eventually.js';
import { InMemoryBroker } from './in-memory-broker.js';

brokerContract('InMemoryBroker', () => new InMemoryBroker());

describe('InMemoryBroker', () => {
  const listener = { onRecords: () => {}, onAssigned: () => {}, onHealth: () => {} };
  const lane = { topic: 'notes', partition: 0 };

  it('forgets what was acknowledged before a lane was reassigned, and not yet written down', async () => {
    const broker = new InMemoryBroker(1);
    await broker.ensureTopics([{ name: lane.topic, kind: 'event' }]);
    let written = (): void => {};
    const beforeCommit = (): Promise<void> => new Promise((resolve) => (written = resolve));
    const options = { group: 'g', topics: [lane.topic], beforeCommit };
    const subscription = await broker.subscribe(options, listener);
    const acknowledged = subscription.acknowledge([{ ...lane, next: '1' }]);
    await setImmediate();
    broker.rebalance('g');
    written();
    await acknowledged;
    expect([...broker.committed('g')]).toEqual([]);
  });

  it('hands positions over once they can be written down, whatever failed before', async () => {
    const broker = new InMemoryBroker(1);
    await broker.ensureTopics([{ name: lane.topic, kind: 'event' }]);
    let attempts = 0;
    const beforeCommit = async (): Promise<void> => {
      if ((attempts += 1) < 3) throw new Error('the database is away');
    };
    const subscription = await broker.subscribe({ group: 'g', topics: [lane.topic], beforeCommit }, listener);
    await subscription.acknowledge([{ ...lane, next: '1' }]);
    await eventually(() => broker.committed('g').get('notes/0') === 1);
    expect(attempts).toBe(3);
  });
});
