// Above the port to a broker (libs/messaging/src/broker.ts) nothing names one: not in settings, metrics, health, errors, letters, the CLI, comments
// or test doubles. The port's words are topic, lane (a topic and the number of its partition), position, group. Part of npm run lint:imports.
//   node scripts/check-port-words.mjs [root]
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';

const [root = '.'] = process.argv.slice(2);
const OF_A_BROKER = /kafka|rabbit|amqp|nats|jetstream|sqs|sns|redis|platformatic|offset/gi;

/** Adapters, and what starts or chooses a broker. */
const BELOW = [
  /^libs\/(?:kafka|rabbitmq|nats|sqs|embedded)\//,
  /^libs\/service\/src\/broker-config(?:\.spec)?\.ts$/, // which broker, by BROKER_URL
  /^libs\/service\/src\/asyncapi\/(?:bindings|kcat-line|describe-messages\.spec)\.ts$/, // what each is to those who aren't on the port
  /^libs\/service\/src\/service-config\.spec\.ts$/,
  /^libs\/contracts\/src\/service-settings\.ts$/, // the names of all settings, an adapter's own included
  /[.-](?:int|e2e|jvm)-spec\.ts$/, // they run on a broker, and say on which
  /^apps\/payment\/src\/testing\/running-service\.ts$/, // starts the service on one
  /^apps\/lab\/src\/faults\/faults\.spec\.ts$/, // starts the lab at the address of one
];

/** Names of others, which contain such a word. */
const ALLOWED = {
  'libs/messaging/src/codec/envelope-headers.ts': /Kafka protocol binding/g, // of CloudEvents
  'libs/messaging/src/codec/partition-of.ts': /Kafka's Java client/g, // whose hash it is
  'libs/event-store/src/sql/append-events.ts': /OFFSET 0/g, // SQL's
  'libs/dlq/src/sql/claim-runnable.ts': /OFFSET 0/g,
  'libs/dlq/src/sql/letter-filter.ts': /OFFSET 0/g,
  'libs/dlq/src/sql/replay-letters.ts': /OFFSET 0/g,
};

const faults = [];
const needed = new Set();
let count = 0;
for (const folder of ['apps', 'libs', 'cli']) {
  for (const path of filesIn(folder)) {
    if (BELOW.some((below) => below.test(path))) continue;
    count += 1;
    const allowed = ALLOWED[path];
    for (const [index, line] of readFileSync(join(root, path), 'utf8').split('\n').entries()) {
      const text = allowed ? line.replace(allowed, '') : line;
      if (text !== line) needed.add(path);
      const words = text.match(OF_A_BROKER);
      if (words) faults.push(`${path}:${index + 1}: "${words[0]}" is a broker's word, above the port`);
    }
  }
}
if (root === '.') {
  for (const path of Object.keys(ALLOWED)) {
    if (!needed.has(path)) faults.push(`scripts/check-port-words.mjs: ${path} doesn't need to be allowed any more`);
  }
}
for (const fault of faults) console.error(fault);
if (faults.length > 0) process.exit(1);
console.log(`port: ${count} files above it, none of which names a broker`);

function filesIn(folder) {
  return readdirSync(join(root, folder), { recursive: true })
    .map((path) => join(folder, path).replaceAll('\\', '/'))
    .filter((path) => /\.tsx?$/.test(path));
}
