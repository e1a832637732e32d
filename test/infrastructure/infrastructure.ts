import { startTemporaryInfrastructure } from '@waybill/embedded';
import type { KafkaChoice } from '@waybill/embedded';

let stopAll: (() => Promise<void>) | undefined;

/**
 * Starts PostgreSQL and Kafka once for a run of Jest, on free ports, with data in a temporary directory, and tells the tests where they
 * are by DATABASE_URL and KAFKA_BROKERS. Where these are set already, they win. WAYBILL_KAFKA chooses `embedded` or `apache`.
 */
export async function start(): Promise<void> {
  const infrastructure = await startTemporaryInfrastructure(chosenKafka());
  process.env['DATABASE_URL'] = infrastructure.databaseUrl;
  process.env['KAFKA_BROKERS'] = infrastructure.kafkaBrokers;
  stopAll = () => infrastructure.stop();
}

/** After passed and failed tests alike. When Jest itself is killed, guard processes stop and delete everything. */
export async function stop(): Promise<void> {
  await stopAll?.();
  stopAll = undefined;
}

function chosenKafka(): KafkaChoice {
  const choice = process.env['WAYBILL_KAFKA'] ?? 'embedded';
  if (choice !== 'embedded' && choice !== 'apache') {
    throw new Error(`WAYBILL_KAFKA is "${choice}"; it may be "embedded" or "apache".`);
  }
  return choice;
}
