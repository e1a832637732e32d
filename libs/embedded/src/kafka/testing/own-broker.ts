import { join, resolve } from 'node:path';

import { startApacheKafka } from '../../apache-kafka/apache-kafka.js';
import { startBrokerProcess } from './broker-process.js';

/** A broker that belongs to one test: it can be stopped and killed. */
export interface OwnBroker {
  readonly brokers: string;
  readonly port: number;
  /** As kill -9. Resolves when the process is gone. */
  kill(): Promise<void>;
  /** Cleanly. */
  stop(): Promise<void>;
}

/** Which broker a conformance suite runs on: `embedded` or `apache`. */
export const CHOSEN_KAFKA = process.env['WAYBILL_KAFKA'] ?? 'embedded';

const START_TIMEOUT_MS = 240_000; // A JVM on a machine that tests share with much else
/** For the hooks and tests that start one. */
export const OWN_BROKER_DEADLINE_MS = START_TIMEOUT_MS + 60_000;

/** Starts the broker that WAYBILL_KAFKA chooses, in a process of its own, on data that may be there already. It looks for what to delete often. */
export async function startOwnBroker(workDir: string, port = 0): Promise<OwnBroker> {
  if (CHOSEN_KAFKA === 'embedded') return startBrokerProcess(workDir, join(workDir, 'data'), port);
  const broker = await startApacheKafka({
    dataDir: join(workDir, 'data'),
    cacheDir: resolve('.waybill/cache'),
    port,
    removeIfOrphaned: workDir,
    startTimeoutMs: START_TIMEOUT_MS,
    properties: { 'log.retention.check.interval.ms': '200', 'log.initial.task.delay.ms': '0' },
  });
  return {
    brokers: broker.brokers,
    port: broker.port,
    kill: async () => {
      process.kill(broker.pid, 'SIGKILL');
      await broker.exited;
    },
    stop: () => broker.stop(),
  };
}
