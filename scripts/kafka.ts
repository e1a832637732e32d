// npm run kafka: Apache Kafka on the JVM, in the foreground, until Ctrl-C.
import {
  EmbeddedInfrastructureError,
  freePortNear,
  outliveOutput,
  startApacheKafka,
  whenToldToEnd,
} from '@waybill/embedded';

import { portSetting } from './start/port-setting.js';
import { StartError } from './start/start.errors.js';
import { ensureStateFolder } from './start/state-folder.js';

const DEFAULT_PORT = 9092;

async function main(): Promise<void> {
  const state = ensureStateFolder('apache-kafka');
  const port = portSetting(process.env, 'KAFKA_PORT') ?? (await freePortNear(DEFAULT_PORT));
  const kafka = await startApacheKafka({
    dataDir: `${state}/data`,
    cacheDir: ensureStateFolder('cache'),
    port,
    log: (line) => console.log(line),
  });
  console.log(`Apache Kafka is ready. Data: ${state}, log: ${state}/data.log. Ctrl-C stops it.`);
  console.log(`KAFKA_BROKERS=${kafka.brokers}`);

  let asked = false;
  whenToldToEnd(() => {
    if (!asked) console.log('stopping');
    asked = true;
    void kafka.stop();
  });
  // The broker is unref'd; somebody has to stay and supervise it.
  const stay = setInterval(() => undefined, 60_000);
  const how = await kafka.exited;
  clearInterval(stay);
  if (!asked) {
    throw new EmbeddedInfrastructureError('START_FAILED', `Apache Kafka ${how}. See ${state}/data.log.`);
  }
}

outliveOutput();
main().catch((error: unknown) => {
  console.error(error instanceof EmbeddedInfrastructureError || error instanceof StartError ? error.message : error);
  process.exitCode = 1;
});
