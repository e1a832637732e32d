import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

import { startApacheKafka, startEmbeddedKafka } from '@waybill/embedded/testing';
import type { ServerOfItsOwn } from '@waybill/messaging/testing';

import type { KafkaOptions } from '../kafka-options.js';
import { testKafka } from './test-kafka.js';

interface Server {
  readonly brokers: string;
  readonly port: number;
  kill(): Promise<void>;
}

/** Takes a JVM to start, on a machine that other specs share. */
const APACHE_STARTS_WITHIN_MS = 240_000;

/** A Kafka that a test may kill, of the kind that the run is on (WAYBILL_KAFKA): the embedded one is stopped, Apache Kafka killed with -9. */
export async function startKafka(client: KafkaOptions['client']): Promise<ServerOfItsOwn> {
  const folder = mkdtempSync(join(tmpdir(), 'waybill-restart-'));
  const start = process.env['WAYBILL_KAFKA'] === 'apache' ? startApache : startEmbedded;
  let server = await start(folder);
  const { brokers, port } = server;
  return {
    broker: testKafka({ brokers: [brokers], partitions: 3, client }),
    kill: () => server.kill(),
    start: async () => {
      server = await start(folder, port);
    },
    remove: async () => {
      await server.kill();
      rmSync(folder, { recursive: true });
    },
  };
}

async function startEmbedded(folder: string, port = 0): Promise<Server> {
  const kafka = await startEmbeddedKafka({ storage: { dataDir: folder }, port });
  return { brokers: kafka.brokers, port: kafka.port, kill: () => kafka.stop() };
}

async function startApache(folder: string, port = 0): Promise<Server> {
  const kafka = await startApacheKafka({
    dataDir: join(folder, 'data'),
    cacheDir: resolve('.waybill/cache'),
    port,
    removeIfOrphaned: folder,
    startTimeoutMs: APACHE_STARTS_WITHIN_MS,
  });
  return {
    brokers: kafka.brokers,
    port: kafka.port,
    kill: async () => {
      process.kill(kafka.pid, 'SIGKILL');
      await kafka.exited;
    },
  };
}
