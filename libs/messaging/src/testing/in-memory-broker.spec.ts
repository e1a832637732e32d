import { setImmediate } from 'node:timers/promises';

import { brokerContract } from './broker-contract.js';
import { InMemoryBroker } from './in-memory-broker.js';

brokerContract('in memory, for tests', () => new InMemoryBroker());

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
});
