// What consuming costs: a batch of messages through inbox and commit beside a batched INSERT of the same inbox rows by hand,
// calls to the outside beside making them one after the other, and the inbox with many rows beside an empty one.
//   npm run bench:consume -- [--messages 40000] [--rounds 3] [--keys 1000] [--rows 10000000] [--kafka apache|embedded]
// Works on any KAFKA_BROKERS and DATABASE_URL; what isn't given is started and removed afterwards. Ratios within one run count.
import { parseArgs } from 'node:util';

import { measureCalls } from './consume/calls.js';
import { measureConsuming } from './consume/consuming.js';
import { measureInbox } from './consume/inbox.js';
import { measureInserts } from './consume/inserts.js';
import { kafkaOf, openInfrastructure } from './shared/infrastructure.js';
import { median } from './shared/statistics.js';

const { values } = parseArgs({
  options: {
    messages: { type: 'string', default: '40000' },
    rounds: { type: 'string', default: '3' },
    keys: { type: 'string', default: '1000' },
    rows: { type: 'string', default: '10000000' },
    kafka: { type: 'string', default: 'apache' },
  },
});

async function main(): Promise<void> {
  const place = await openInfrastructure(kafkaOf(values.kafka));
  try {
    const messages = Number(values.messages);
    const consumed: number[] = [];
    const inserted: number[] = [];
    for (let round = 0; round < Number(values.rounds); round++) {
      inserted.push(await measureInserts(place.serverUrl, messages));
      consumed.push(await measureConsuming(place, messages));
    }
    const ratio = median(consumed) / median(inserted);
    console.log(`batched INSERT by hand   ${median(inserted).toFixed(0)} rows/s`);
    console.log(`consumed, with inbox     ${median(consumed).toFixed(0)} messages/s (${ratio.toFixed(2)}x)`);

    const { seconds, serialSeconds } = await measureCalls(place, Number(values.keys), 5);
    console.log(
      `calls of 5 ms, ${values.keys} keys   ${seconds.toFixed(2)} s; one after the other ${serialSeconds.toFixed(2)} s ` +
        `(${(serialSeconds / seconds).toFixed(1)}x)`,
    );

    const { emptyMs, fullMs } = await measureInbox(place.serverUrl, Number(values.rows));
    console.log(`claim of 500 in an empty inbox   ${emptyMs.toFixed(2)} ms`);
    console.log(
      `claim of 500 beside ${values.rows} rows   ${fullMs.toFixed(2)} ms (${(fullMs / emptyMs).toFixed(2)}x)`,
    );
  } finally {
    await place.stop();
  }
}

void main();
