import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

import { startInfrastructure } from './infrastructure.js';
import type { Infrastructure, KafkaChoice } from './infrastructure.js';

/**
 * PostgreSQL and Kafka for one run of tests or of a bench: on free ports, with data that is gone after `stop`. KAFKA_BROKERS
 * and DATABASE_URL, where set, are used instead.
 * @param parentFolder where the data are kept meanwhile
 * @throws EmbeddedInfrastructureError whose message says what to do
 */
export async function startTemporaryInfrastructure(
  kafka: KafkaChoice,
  parentFolder: string = tmpdir(),
): Promise<Infrastructure> {
  const { KAFKA_BROKERS: kafkaBrokers = '', DATABASE_URL: databaseUrl = '' } = process.env;
  const dataDir = mkdtempSync(join(parentFolder, 'waybill-temporary-'));
  const remove = (): void => rmSync(dataDir, { recursive: true, force: true });
  const infrastructure = await startInfrastructure({
    kafka: kafkaBrokers === '' ? kafka : 'external',
    postgres: databaseUrl === '' ? 'embedded' : 'external',
    dataDir,
    cacheDir: resolve('.waybill/cache'),
    kafkaBrokers,
    databaseUrl,
    data: 'temporary',
  }).catch((error: unknown) => {
    remove();
    throw error;
  });
  return {
    ...infrastructure,
    async stop() {
      await infrastructure.stop();
      remove();
    },
  };
}
