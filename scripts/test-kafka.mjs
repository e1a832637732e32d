// npm run test:kafka: the specs that ask for a broker, on Apache Kafka instead of the embedded one. Arguments go to Jest.
import { spawnSync } from 'node:child_process';
import process from 'node:process';

import { brokerSpecs } from './broker-specs.mjs';

// What the configuration leaves out must be named again: the option replaces it.
const ignored = [
  ...brokerSpecs().others.map((path) => `${path.replaceAll(/[.\\]/g, '\\$&')}$`),
  '/libs/(nats|rabbitmq|sqs)/',
  '/examples/redis-broker/',
  '/test/brokers/',
].map((pattern) => `--testPathIgnorePatterns=${pattern}`);

const { status } = spawnSync(
  process.execPath,
  // The caller's arguments come first: Jest would take a path after the others for one more pattern to ignore.
  ['node_modules/jest/bin/jest.js', ...process.argv.slice(2), '--selectProjects', 'integration', 'e2e', ...ignored],
  { stdio: 'inherit', env: { ...process.env, WAYBILL_KAFKA: 'apache' } },
);
process.exit(status ?? 1);
