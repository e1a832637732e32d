// The port to the broker, on each of the brokers, in one run: medians of rounds that take turns; the first round warms up. What isn't there is left out.
//   npm run bench:broker -- [--brokers embedded,apache,rabbitmq,nats,sqs] [--rounds 3] [--messages 12000]
// Kafka is started here; RabbitMQ and NATS are those at RABBITMQ_URL and NATS_URL; SNS and SQS are an emulator, also started here, with fewer messages.
// 1 KB a message, 6 lanes.
import { parseArgs } from 'node:util';

import { BROKERS } from './broker/brokers.js';
import type { MeasuredBroker } from './broker/brokers.js';
import { measure } from './broker/measure.js';
import type { Figures } from './broker/measure.js';
import { median } from './shared/statistics.js';

const { values } = parseArgs({
  options: {
    brokers: { type: 'string', default: Object.keys(BROKERS).join(',') },
    rounds: { type: 'string', default: '3' },
    messages: { type: 'string', default: '12000' },
  },
});

const ROWS: readonly (readonly [keyof Figures, string])[] = [
  ['published', 'published in requests of 100 (messages/s)'],
  ['publishedP50', 'published one by one, p50 (ms)'],
  ['publishedP99', 'published one by one, p99 (ms)'],
  ['consumed', 'consumed (messages/s)'],
  ['throughP50', 'from publishing to the consumer, p50 (ms)'],
  ['throughP99', 'from publishing to the consumer, p99 (ms)'],
];

async function main(): Promise<void> {
  const brokers: MeasuredBroker[] = [];
  try {
    for (const name of values.brokers.split(',')) {
      const open = BROKERS[name];
      if (open === undefined) throw new Error(`--brokers knows ${Object.keys(BROKERS).join(', ')}, not "${name}"`);
      const broker = await open();
      if (typeof broker === 'string') console.log(`left out: ${broker}`);
      else brokers.push(broker);
    }
    const rounds = new Map<string, Figures[]>(brokers.map(({ name }) => [name, []]));
    for (let round = 0; round <= Number(values.rounds); round += 1) {
      for (const broker of brokers) {
        const figures = await measure(broker, Number(values.messages));
        if (round > 0) rounds.get(broker.name)?.push(figures);
      }
      process.stderr.write(`round ${round} of ${values.rounds}\n`);
    }
    print(rounds);
  } finally {
    for (const broker of brokers) await broker.stop();
  }
}

/** As Markdown. */
function print(rounds: ReadonlyMap<string, readonly Figures[]>): void {
  console.log(`| | ${[...rounds.keys()].join(' | ')} |\n|---|${'---|'.repeat(rounds.size)}`);
  for (const [figure, what] of ROWS) {
    const cells = [...rounds.values()].map((all) => shown(median(all.map((one) => one[figure]))));
    console.log(`| ${what} | ${cells.join(' | ')} |`);
  }
}

const shown = (value: number): string =>
  value >= 1_000 ? (Math.round(value / 100) * 100).toLocaleString('en') : String(Number(value.toPrecision(2)));

await main();
