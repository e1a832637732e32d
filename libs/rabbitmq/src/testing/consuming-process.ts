import { rabbitBroker } from '../rabbit-broker.js';
import type { RabbitOptions } from '../rabbit-options.js';
import { after, Member } from './member.js';

/** A consumer in a process of its own, so that a test can kill it. Says what it gets, and acknowledges it. */
const options = JSON.parse(process.env['CONSUMING_PROCESS'] ?? '{}') as RabbitOptions; // the spec's
const silent = { error: () => {}, warn: () => {}, debug: () => {} };
const broker = rabbitBroker(options)({ partitions: 1 }, silent);

const member = new Member((record) => {
  process.send?.({ lane: record.partition, value: String(record.value) });
  void member.subscription.acknowledge([after(record)]);
});
await member.join(broker, { group: 'g', topics: ['notes'] });
process.send?.({ lanes: member.lanes.length });
process.once('disconnect', () => process.exit());
