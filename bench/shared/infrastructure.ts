import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

import { startInfrastructure } from '@waybill/embedded';

/** Where a bench runs. */
export interface Place {
  readonly kafkaBrokers: readonly string[];
  /** URL of the PostgreSQL server; a bench creates databases of its own in it, and drops them. */
  readonly serverUrl: string;
}

export interface BenchInfrastructure extends Place {
  stop(): Promise<void>;
}

/** KAFKA_BROKERS and DATABASE_URL, where set, are used; what is missing is started, and removed by `stop`. */
export async function openInfrastructure(kafka: 'apache' | 'embedded'): Promise<BenchInfrastructure> {
  const { KAFKA_BROKERS: kafkaBrokers = '', DATABASE_URL: databaseUrl = '' } = process.env;
  const dataDir = mkdtempSync(join(tmpdir(), 'waybill-bench-'));
  const infrastructure = await startInfrastructure({
    kafka: kafkaBrokers === '' ? kafka : 'external',
    postgres: databaseUrl === '' ? 'embedded' : 'external',
    dataDir,
    cacheDir: resolve('.waybill/cache'),
    kafkaBrokers,
    databaseUrl,
    data: 'temporary',
  });
  return {
    kafkaBrokers: infrastructure.kafkaBrokers.split(','),
    serverUrl: infrastructure.databaseUrl,
    async stop() {
      await infrastructure.stop();
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}

/** `--kafka`: Apache Kafka unless the embedded broker is asked for. */
export function kafkaOf(option: string): 'apache' | 'embedded' {
  return option === 'embedded' ? 'embedded' : 'apache';
}
