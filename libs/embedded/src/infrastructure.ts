import { join, resolve } from 'node:path';

import { startApacheKafka } from './apache-kafka/apache-kafka.js';
import { ensureWritableDirectory } from './data-directory.js';
import { EmbeddedInfrastructureError } from './embedded.errors.js';
import { assertPortFree } from './free-port.js';
import { startEmbeddedKafka } from './kafka/embedded-kafka.js';
import { Faults } from './kafka/faults.js';
import { startEmbeddedPostgres } from './postgres/embedded-postgres.js';
import { guardChild } from './processes/guard.js';
import { type BringBack, keepRunning, type Server } from './processes/keep-running.js';

export type KafkaChoice = 'apache' | 'embedded' | 'external';
export type PostgresChoice = 'embedded' | 'external';

export interface InfrastructureOptions {
  readonly kafka: KafkaChoice;
  readonly postgres: PostgresChoice;
  /** Everything lies here: `postgres/`, `kafka/` (embedded) and `apache-kafka/`. */
  readonly dataDir: string;
  /** Jars and the pristine database cluster; may be shared by any number of data directories. */
  readonly cacheDir: string;
  /** For `external`: what KAFKA_BROKERS says, comma-separated. */
  readonly kafkaBrokers?: string;
  /** For `external`: what DATABASE_URL says. */
  readonly databaseUrl?: string;
  /**
   * On 127.0.0.1; 0 takes a free one.
   * @default 0
   */
  readonly kafkaPort?: number;
  /**
   * On 127.0.0.1; 0 takes a free one.
   * @default 0
   */
  readonly postgresPort?: number;
  /**
   * `temporary`: the data is deleted even if this process is killed; else only `dataDir`'s owner deletes it.
   * @default 'kept'
   */
  readonly data?: 'kept' | 'temporary';
  /** Told as each part begins to start, or takes long. */
  readonly log?: (line: string) => void;
  /**
   * Where given, a server that ends without being asked to is started again, with backoff, at the same address, and this is told. The
   * embedded Kafka broker lives in this process and ends with it.
   * @default such a server stays down
   */
  readonly onLost?: (name: string, how: string, delayMs: number) => void;
}

export interface Infrastructure {
  readonly kafkaBrokers: string;
  readonly databaseUrl: string;
  /** Takes the broker away until it is brought back, on its port, with all that it has acknowledged. Only the embedded one. */
  readonly takeKafkaAway?: (() => Promise<BringBack>) | undefined;
  /** Failures on demand of the embedded broker; they outlast its absence. */
  readonly kafkaFaults?: Faults | undefined;
  /** As for the broker. Only a PostgreSQL that is started again when it is lost. */
  readonly takePostgresAway?: (() => Promise<BringBack>) | undefined;
  /** Stops what was started here: Kafka, then PostgreSQL. Repeatable. */
  stop(): Promise<void>;
}

interface Part {
  readonly address: string;
  readonly takeAway?: () => Promise<BringBack>;
  readonly faults?: Faults;
  stop(): Promise<void>;
}

/**
 * Gives every environment of development and tests the same two addresses. If one part fails to start, the other is stopped again.
 * @throws EmbeddedInfrastructureError whose message says what to do
 */
export async function startInfrastructure(options: InfrastructureOptions): Promise<Infrastructure> {
  ensureWritableDirectory(options.dataDir);
  const [postgres, kafka] = await allOrNone([startPostgres(options), startKafka[options.kafka](options)]);
  return {
    kafkaBrokers: kafka.address,
    databaseUrl: postgres.address,
    takeKafkaAway: kafka.faults === undefined ? undefined : kafka.takeAway,
    kafkaFaults: kafka.faults,
    takePostgresAway: postgres.takeAway,
    async stop() {
      await kafka.stop();
      await postgres.stop();
    },
  };
}

async function startPostgres(options: InfrastructureOptions): Promise<Part> {
  if (options.postgres === 'external') {
    return external('PostgreSQL', 'DATABASE_URL', options.databaseUrl);
  }
  options.log?.('starting PostgreSQL');
  const folder = resolve(options.dataDir, 'postgres');
  ensureWritableDirectory(folder);
  const start = (port: number) =>
    startEmbeddedPostgres({
      dataDir: join(folder, 'data'),
      port,
      templateDir: resolve(options.cacheDir, 'postgres-template'),
      ...(options.data === 'temporary' ? { removeIfOrphaned: folder } : {}),
    });
  const server = await start(options.postgresPort ?? 0);
  return kept('PostgreSQL', server.url, server, () => start(server.port), options);
}

const startKafka: Readonly<Record<KafkaChoice, (options: InfrastructureOptions) => Promise<Part>>> = {
  apache: startApache,
  embedded: startEmbedded,
  external: async ({ kafkaBrokers }) => external('Kafka', 'KAFKA_BROKERS', kafkaBrokers),
};

/** The broker lives in this process: it ends with it, and leaves nothing running. */
async function startEmbedded(options: InfrastructureOptions): Promise<Part> {
  options.log?.('starting the embedded Kafka broker');
  const folder = resolve(options.dataDir, 'kafka');
  ensureWritableDirectory(folder);
  const port = options.kafkaPort ?? 0;
  if (port !== 0) {
    await assertPortFree(port, 'the embedded Kafka broker', 'KAFKA_PORT');
  }
  const guard = options.data === 'temporary' ? guardChild(process.pid, 'TERM', folder) : undefined;
  const faults = new Faults();
  const start = (onPort: number) =>
    startEmbeddedKafka({
      storage: { dataDir: folder },
      port: onPort,
      autoCreateTopics: false,
      faults,
      ...(options.log === undefined ? {} : { log: options.log }),
    });
  let broker = await start(port);
  return {
    address: broker.brokers,
    faults,
    async takeAway() {
      await broker.stop();
      return async () => {
        broker = await start(broker.port);
      };
    },
    async stop() {
      await broker.stop();
      guard?.dismiss();
    },
  };
}

async function startApache(options: InfrastructureOptions): Promise<Part> {
  options.log?.('starting Apache Kafka on the JVM');
  const folder = resolve(options.dataDir, 'apache-kafka');
  ensureWritableDirectory(folder);
  const start = (port: number) =>
    startApacheKafka({
      dataDir: join(folder, 'data'),
      cacheDir: resolve(options.cacheDir),
      port,
      ...(options.log === undefined ? {} : { log: options.log }),
      ...(options.data === 'temporary' ? { removeIfOrphaned: folder } : {}),
    });
  const broker = await start(options.kafkaPort ?? 0);
  return kept('Apache Kafka', broker.brokers, broker, () => start(broker.port), options);
}

function kept(
  name: string,
  address: string,
  server: Server,
  again: () => Promise<Server>,
  { onLost }: InfrastructureOptions,
): Part {
  if (onLost === undefined) {
    return { address, stop: () => server.stop() };
  }
  const running = keepRunning(server, again, (how, delayMs) => onLost(name, how, delayMs));
  return { address, stop: () => running.stop(), takeAway: () => running.takeAway() };
}

function external(name: string, setting: string, address: string | undefined): Part {
  if (address === undefined || address === '') {
    throw new EmbeddedInfrastructureError('SETTING_MISSING', `${name} is external, but ${setting} is not set.`);
  }
  return { address, stop: async () => undefined };
}

async function allOrNone(starting: readonly [Promise<Part>, Promise<Part>]): Promise<readonly [Part, Part]> {
  const results = await Promise.allSettled(starting);
  const failed = results.find((result) => result.status === 'rejected');
  if (failed !== undefined) {
    await Promise.all(results.map(async (result) => (result.status === 'fulfilled' ? result.value.stop() : undefined)));
    throw failed.reason;
  }
  return Promise.all(starting);
}
