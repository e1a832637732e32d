import { Metrics } from '@waybill/observability';

import { countPublished } from './count-published.js';
import { ScriptedBroker } from './testing/scripted-broker.js';

it('counts by topic what the broker has taken, and nothing that it refuses', async () => {
  const metrics = new Metrics();
  const broker = new ScriptedBroker();
  broker.refuses = 'single keys';
  broker.refuse = ({ topic }) => (topic === 'dead' ? 'refused' : undefined);
  const publisher = await countPublished(broker, metrics).createPublisher();
  const record = (topic: string) => ({ topic, key: null, value: Buffer.from('{}'), headers: {} });
  await publisher.publish(['a', 'dead', 'a', 'b'].map(record));
  await publisher.publish(['a'].map(record));
  expect(await metrics.counted('waybill_outbox_published', new Set())).toEqual([
    { metric: 'waybill_outbox_published_total', labels: { topic: 'a' }, value: 3 },
    { metric: 'waybill_outbox_published_total', labels: { topic: 'b' }, value: 1 },
  ]);
});
