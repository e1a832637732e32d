import { accessSync, constants, statfsSync } from 'node:fs';
import { tmpdir } from 'node:os';

import { keepChosenEnvironment, startTemporaryInfrastructure } from '@waybill/embedded';
import type { KafkaChoice } from '@waybill/embedded';
import { Client } from 'pg';

let stopAll: (() => Promise<void>) | undefined;

/** What tests may be told by. */
const OF_TESTS =
  `CI COST DATABASE_URL KAFKA_BROKERS KAFKA_CLIENT NATS_URL WAYBILL_EMULATOR WAYBILL_KAFKA PROOF_ORDERS PROPERTY_RUNS PROPERTY_SEED RABBITMQ_URL REBUILD_ORDERS
  REDIS_URL REPLAY_LETTERS REPLAY_ORDERS REPLAY_TRANSCRIPT FORCE_COLOR NO_COLOR NODE_V8_COVERAGE npm_execpath NODE_ENV`.split(
    /\s+/,
  );

/**
 * Starts PostgreSQL and Kafka once for a run of Jest, on free ports, with data that are gone afterwards, and tells the tests where they
 * are by DATABASE_URL and KAFKA_BROKERS. Where these are set already, they win. WAYBILL_KAFKA chooses `embedded` or `apache`. Of the
 * shell's other variables the tests see only those of a list.
 */
export async function start(): Promise<void> {
  process.env['NODE_ENV'] = 'test';
  keepChosenEnvironment(OF_TESTS); // Jest's workers inherit what is left
  const external = process.env['DATABASE_URL'] !== undefined && process.env['DATABASE_URL'] !== '';
  const infrastructure = await startTemporaryInfrastructure(chosenKafka(), folderForData());
  if (!external) await forgetAtPowerLoss(infrastructure.databaseUrl);
  process.env['DATABASE_URL'] = infrastructure.databaseUrl;
  process.env['KAFKA_BROKERS'] = infrastructure.kafkaBrokers;
  stopAll = () => infrastructure.stop();
}

/** After passed and failed tests alike. When Jest itself is killed, guard processes stop and delete everything. */
export async function stop(): Promise<void> {
  await stopAll?.();
  stopAll = undefined;
}

/**
 * Lets the run's own server skip fsync: its data are removed after the run, tests kill processes and not the machine, and every database
 * that a test makes and drops waits for the disk otherwise. The embedded server's own specs start servers with the durable defaults.
 */
async function forgetAtPowerLoss(databaseUrl: string): Promise<void> {
  const client = new Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    for (const setting of ['fsync', 'full_page_writes']) await client.query(`ALTER SYSTEM SET ${setting} = off`);
    await client.query('SELECT pg_reload_conf()');
  } finally {
    await client.end();
  }
}

const MEMORY = '/dev/shm';
const ENOUGH_BYTES = 6e9;

/**
 * In memory where there is plenty of it: a new database is 300 files, which take a tenth of a second on a disk, and a run creates hundreds
 * of databases. Containers often have a small one.
 */
function folderForData(): string {
  try {
    accessSync(MEMORY, constants.W_OK);
    const { bavail, bsize } = statfsSync(MEMORY);
    return bavail * bsize >= ENOUGH_BYTES ? MEMORY : tmpdir();
  } catch {
    return tmpdir(); // another system
  }
}

function chosenKafka(): KafkaChoice {
  const choice = process.env['WAYBILL_KAFKA'] ?? 'embedded';
  if (choice !== 'embedded' && choice !== 'apache') {
    throw new Error(`WAYBILL_KAFKA must be embedded or apache, got "${choice}".`);
  }
  return choice;
}
