import { SERVICE_SETTINGS } from '@waybill/contracts';
import { keepChosenEnvironment, outliveOutput, startTemporaryInfrastructure, whenToldToEnd } from '@waybill/embedded';

/** Where a bench runs. */
export interface Place {
  readonly kafkaBrokers: readonly string[];
  /** URL of the PostgreSQL server; a bench creates databases of its own in it, and drops them. */
  readonly serverUrl: string;
}

export interface BenchInfrastructure extends Place {
  stop(): Promise<void>;
}

/**
 * KAFKA_BROKERS and DATABASE_URL, where set, are used; what is missing is started, and removed by `stop`. A bench that is told to end
 * does so at once: what it has started stops and cleans up on its own.
 */
export async function openInfrastructure(kafka: 'apache' | 'embedded' | 'none'): Promise<BenchInfrastructure> {
  keepChosenEnvironment([...SERVICE_SETTINGS, 'PROFILE', 'NATS_URL', 'RABBITMQ_URL']);
  outliveOutput();
  whenToldToEnd(() => process.exit(130));
  if (kafka === 'none') process.env['KAFKA_BROKERS'] = 'none'; // what is given isn't started
  const { kafkaBrokers, databaseUrl, stop } = await startTemporaryInfrastructure(kafka === 'none' ? 'external' : kafka);
  return { kafkaBrokers: kafkaBrokers.split(','), serverUrl: databaseUrl, stop };
}

/** `--kafka`: Apache Kafka unless the embedded broker is asked for. */
export function kafkaOf(option: string): 'apache' | 'embedded' {
  return option === 'embedded' ? 'embedded' : 'apache';
}
