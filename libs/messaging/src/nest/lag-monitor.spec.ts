import type { LagReader } from '../broker.js';
import { InMemoryBroker } from '../testing/in-memory-broker.js';
import { ConsumerLag } from './consumer-lag.js';
import { LagMonitor } from './lag-monitor.js';
import type { MessageConsumer } from './message-consumer.js';

const options = { service: 's', group: 'g', broker: () => new InMemoryBroker(), topics: [] };
const consumer = { topics: () => ['a', 'b'], laneIssues: () => [] } as unknown as MessageConsumer; // it has private parts
const lane = { partition: 0, ageMs: 5_000, first: '0', next: '1', owner: undefined, end: '4' };

function monitorOn(reader: Partial<LagReader>): LagMonitor {
  const broker = new InMemoryBroker();
  const read = async () => [{ ...lane, topic: 'a', messages: 3 }];
  broker.createLagReader = () => ({ read, close: async () => {}, ...reader });
  return new LagMonitor(options, new ConsumerLag(options, broker, consumer));
}

describe('how far a group is behind', () => {
  const lag = [
    ['waybill_consumer_lag_messages', { group: 'g', topic: 'a' }, 3],
    ['waybill_consumer_lag_seconds', { group: 'g', topic: 'a' }, 5],
    ['waybill_consumer_lag_messages', { group: 'g', topic: 'b' }, 0],
    ['waybill_consumer_lag_seconds', { group: 'g', topic: 'b' }, 0],
  ];
  const told = async (monitor: LagMonitor) =>
    (await monitor.read()).map(({ metric, labels, value }) => [metric, labels, value]);

  it('is told by topic; of what the broker itself gives up nothing where it never does', async () => {
    expect(await told(monitorOn({}))).toEqual(lag);
  });

  it('F85: comes with what the broker itself has given up, also that it is nothing', async () => {
    const deadLetters = async () => [
      { topic: 'a', queue: 'a-net', records: 2 },
      { topic: 'b', queue: 'b-net', records: 0 },
    ];
    expect(await told(monitorOn({ deadLetters }))).toEqual([
      ...lag.slice(0, 2),
      ['waybill_broker_dead_letters', { topic: 'a', queue: 'a-net' }, 2],
      ...lag.slice(2),
      ['waybill_broker_dead_letters', { topic: 'b', queue: 'b-net' }, 0],
    ]);
  });
});
