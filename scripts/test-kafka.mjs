// npm run test:kafka: the suites that need a broker, on Apache Kafka instead of the embedded one. Arguments go to Jest.
import { spawnSync } from 'node:child_process';
import process from 'node:process';

const { status } = spawnSync(
  process.execPath,
  ['node_modules/jest/bin/jest.js', '--selectProjects', 'integration', 'e2e', ...process.argv.slice(2)],
  { stdio: 'inherit', env: { ...process.env, WAYBILL_KAFKA: 'apache' } },
);
process.exit(status ?? 1);
