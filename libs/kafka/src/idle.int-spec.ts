import { createHook } from 'node:async_hooks';
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';

import { testKafka } from './testing/test-kafka.js';

jest.setTimeout(60_000);

it('kafkajs#1751: an idle consumer and publisher arm a few timers a second, not a thousand', async () => {
  const brokers = (process.env['KAFKA_BROKERS'] ?? '').split(',');
  const broker = testKafka({ brokers, topicPrefix: `${randomUUID()}.`, partitions: 1 });
  await broker.ensureTopics([{ name: 'quiet', kind: 'event' }]);
  const publisher = await broker.createPublisher();
  await publisher.publish([{ topic: 'quiet', key: null, value: Buffer.from('x'), headers: {} }]);
  const quiet = { onRecords: () => {}, onAssigned: () => {}, onHealth: () => {} };
  await broker.subscribe({ group: 'g', topics: ['quiet'] }, quiet);
  await sleep(500);
  let timers = 0;
  const hook = createHook({ init: (_, type) => void (type === 'Timeout' && (timers += 1)) }).enable();
  const cpu = process.cpuUsage();
  await sleep(2_000);
  const { user, system } = process.cpuUsage(cpu);
  hook.disable();
  await broker.close();
  expect(timers).toBeLessThan(100);
  expect((user + system) / 2_000_000).toBeLessThan(0.5);
});
