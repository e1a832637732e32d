import { rabbitBroker } from '../rabbit-broker.js';
import type { RabbitOptions } from '../rabbit-options.js';

/** A consumer in a process of its own, so that a test can kill it. Says what it gets, and acknowledges it. */
const options = JSON.parse(process.env['CONSUMING_PROCESS'] ?? '{}') as RabbitOptions; // the spec's
const silent = { error: () => {}, warn: () => {}, debug: () => {} };
const broker = rabbitBroker(options)({ partitions: 1 }, silent);

const subscription = await broker.subscribe(
  { group: 'g', topics: ['notes'] },
  {
    onRecords: (lane, records) => {
      for (const { position, value } of records) {
        process.send?.({ value: String(value) });
        void subscription.acknowledge([{ ...lane, next: String(Number(position) + 1) }]);
      }
    },
    onAssigned: () => {},
    onHealth: () => {},
  },
);
process.once('disconnect', () => process.exit());
