// Specs that `npm test` leaves out, as they need more than Node. The first argument says which; the others go to Jest.
//   npm run test:jvm      what needs a JVM (Java 17, Maven)
//   npm run test:brokers  the adapters of RabbitMQ and NATS, some of the end-to-end specs on both, and the example for Redis
//   npm run test:system   all end-to-end specs on both; -- --selectProjects rabbitmq|nats for one of them
//   npm run test:proof    5,000 orders (PROOF_ORDERS) through killed services and brokers; -- --selectProjects kafka|rabbitmq|nats
import { spawnSync } from 'node:child_process';
import process from 'node:process';

const [, , specs, ...forJest] = process.argv;
const { status } = spawnSync(process.execPath, ['node_modules/jest/bin/jest.js', ...forJest], {
  stdio: 'inherit',
  env: { ...(specs === 'proof' && { PROOF_ORDERS: '5000' }), ...process.env, WAYBILL_SPECS: specs },
});
process.exit(status ?? 1);
