import type { Broker, LaneLag, Subscription, SubscriptionListener } from '../broker.js';
import { eventually } from '../testing/eventually.js';
import { InMemoryLaneLedger } from '../testing/in-memory-lane-ledger.js';
import { LaneWatch } from './lane-watch.js';

const lane: LaneLag = {
  topic: 't',
  partition: 0,
  messages: 0,
  ageMs: 0,
  first: '0',
  next: undefined,
  owner: undefined,
  end: '0',
};
const subscription: Subscription = {
  pause: () => {},
  resume: () => {},
  skip: () => {},
  acknowledge: async () => {},
  close: async () => {},
};
const listener: SubscriptionListener = { onRecords: () => {}, onAssigned: () => {}, onHealth: () => {} };

it('F70: reports a topic that its consumer finds gone, whoever makes it again before the next look', async () => {
  const ledger = new InMemoryLaneLedger();
  let lanes: readonly LaneLag[] = [lane];
  let watched = listener;
  const broker = {
    createLagReader: () => ({ read: async () => lanes, close: async () => {} }),
    subscribe: async (_: unknown, given: SubscriptionListener) => {
      watched = given;
      return subscription;
    },
  } as Partial<Broker> as Broker;
  const watch = new LaneWatch(broker, 'g', ledger, 60_000);
  const { close } = await watch.subscribe({ group: 'g', topics: ['t'] }, listener);
  lanes = [];
  watched.onHealth(false, new Error('gone'));
  await eventually(async () => (await ledger.open()).length > 0);
  lanes = [lane];
  expect(await ledger.open()).toMatchObject([{ kind: 'topic-lost', topic: 't' }]);
  await close();
});
