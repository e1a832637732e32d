// npm run test:kafka: the specs that ask for a broker, on Apache Kafka instead of the embedded one. Arguments go to Jest.
import { spawnSync } from 'node:child_process';
import process from 'node:process';

import { brokerSpecs } from './broker-specs.mjs';

const ignored = brokerSpecs().others.map((path) => `--testPathIgnorePatterns=${path.replaceAll(/[.\\]/g, '\\$&')}$`);

const { status } = spawnSync(
  process.execPath,
  ['node_modules/jest/bin/jest.js', '--selectProjects', 'integration', 'e2e', ...ignored, ...process.argv.slice(2)],
  { stdio: 'inherit', env: { ...process.env, WAYBILL_KAFKA: 'apache' } },
);
process.exit(status ?? 1);
