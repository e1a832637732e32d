import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { startEmbeddedKafka } from '@waybill/embedded/testing';
import type { ServerOfItsOwn } from '@waybill/messaging/testing';

import type { KafkaOptions } from '../kafka-options.js';
import { testKafka } from './test-kafka.js';

/** A Kafka that a test may kill: the embedded one. */
export async function startKafka(client: KafkaOptions['client']): Promise<ServerOfItsOwn> {
  const folder = mkdtempSync(join(tmpdir(), 'waybill-restart-'));
  let kafka = await startEmbeddedKafka({ storage: { dataDir: folder } });
  const { port } = kafka;
  return {
    broker: testKafka({ brokers: [kafka.brokers], partitions: 3, client }),
    kill: () => kafka.stop(),
    start: async () => {
      kafka = await startEmbeddedKafka({ storage: { dataDir: folder }, port });
    },
    remove: async () => {
      await kafka.stop();
      rmSync(folder, { recursive: true });
    },
  };
}
