// Specs that `npm test` leaves out, as they need more than Node. The first argument says which; the others go to Jest.
//   npm run test:jvm      what needs a JVM (Java 17, Maven)
//   npm run test:browser  the console, /docs and /asyncapi, in Debian's chromium or the one that CHROMIUM names
//   npm run test:brokers  the adapters of RabbitMQ, NATS and SQS, some of the end-to-end specs on each, and the example for Redis
//   npm run test:system   all end-to-end specs on each; -- --selectProjects rabbitmq|nats|sqs for one of them
//   npm run test:proof    5,000 orders (PROOF_ORDERS) through killed services and brokers; -- --selectProjects kafka|rabbitmq|nats|sqs
// SNS and SQS are an emulator from npm, started here. It takes some two seconds an order: its proof is of 300, where PROOF_ORDERS doesn't say otherwise.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import process from 'node:process';

import { buildApp } from 'fauxqs';

const [, , specs, ...forJest] = process.argv;
const emulator = buildApp({ logger: false });
const address = ['jvm', 'browser'].includes(specs) ? '' : await emulator.listen({ host: '127.0.0.1', port: 0 });
const jest = spawn(process.execPath, ['node_modules/jest/bin/jest.js', ...forJest], {
  stdio: 'inherit',
  env: {
    ...process.env,
    WAYBILL_SPECS: specs,
    WAYBILL_EMULATOR: address,
  },
});
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => jest.kill(signal));
const [status] = await once(jest, 'exit');
process.exit(status ?? 1);
