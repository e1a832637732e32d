// npm run test:jvm, npm run test:brokers: specs that `npm test` leaves out, as they need more than Node: a JVM (Java 17, Maven), or a
// RabbitMQ, a NATS and a Redis server. The first argument says which; the others go to Jest.
import { spawnSync } from 'node:child_process';
import process from 'node:process';

const [, , specs, ...forJest] = process.argv;
const { status } = spawnSync(process.execPath, ['node_modules/jest/bin/jest.js', ...forJest], {
  stdio: 'inherit',
  env: { ...process.env, WAYBILL_SPECS: specs },
});
process.exit(status ?? 1);
