// What the outbox costs: draining beside raw kafkajs that sends the same records, commit → broker latency, and the claim
// beside a backlog. Ratios within one run are what counts.
//   npm run bench:outbox -- [--messages 20000] [--rounds 3] [--rate 1000] [--backlog 1000000] [--kafka apache|embedded]
// Works on any KAFKA_BROKERS and DATABASE_URL; what isn't given is started and removed afterwards.
import { parseArgs } from 'node:util';

import { measureClaim } from './outbox/claim.js';
import { measureDrain, measureRaw } from './outbox/drain.js';
import { measureLatency } from './outbox/latency.js';
import { openBench } from './outbox/setting.js';
import { kafkaOf, openInfrastructure } from './shared/infrastructure.js';
import type { Place } from './shared/infrastructure.js';
import { median, percentile } from './shared/statistics.js';

const { values } = parseArgs({
  options: {
    messages: { type: 'string', default: '20000' },
    rounds: { type: 'string', default: '3' },
    rate: { type: 'string', default: '1000' },
    backlog: { type: 'string', default: '1000000' },
    kafka: { type: 'string', default: 'apache' },
  },
});

async function main(): Promise<void> {
  const infrastructure = await openInfrastructure(kafkaOf(values.kafka));
  try {
    await measure(infrastructure);
  } finally {
    await infrastructure.stop();
  }
}

async function measure(place: Place): Promise<void> {
  const bench = await openBench(place);
  try {
    const raw: number[] = [];
    const drained: number[] = [];
    for (let round = 0; round < Number(values.rounds); round++) {
      raw.push(await measureRaw(bench, Number(values.messages)));
      drained.push(await measureDrain(bench, Number(values.messages)));
    }
    const ratio = median(drained) / median(raw);
    console.log(`raw kafkajs        ${median(raw).toFixed(0)} messages/s`);
    console.log(`relay, from table  ${median(drained).toFixed(0)} messages/s (${ratio.toFixed(2)}x)`);

    for (const perTransaction of [1, 10]) {
      const { latencies, achievedRate } = await measureLatency(bench, Number(values.rate), perTransaction, 10_000);
      const [p50, p99] = [percentile(latencies, 0.5), percentile(latencies, 0.99)];
      const setting = `${achievedRate.toFixed(0)} messages/s, ${perTransaction} a transaction`;
      console.log(`commit → broker    p50 ${p50.toFixed(1)} ms, p99 ${p99.toFixed(1)} ms (${setting})`);
    }

    const { emptyMs, fullMs } = await measureClaim(bench, Number(values.backlog));
    console.log(`claim of 496, table otherwise empty   ${emptyMs.toFixed(2)} ms`);
    console.log(
      `claim of 496 of ${values.backlog} unpublished   ${fullMs.toFixed(2)} ms (${(fullMs / emptyMs).toFixed(2)}x)`,
    );
  } finally {
    await bench.close();
  }
}

void main();
