import { claimCheckSettings } from '@waybill/claim-check';
import { httpSettings } from '@waybill/http';
import { retentionSettings } from '@waybill/messaging';
import { LOG_LEVELS, monitorFaults, monitorSettings, readConfig, setting } from '@waybill/observability';
import type { ConfigOf } from '@waybill/observability';

const spec = {
  port: setting.port('PAYMENT_PORT', { default: 3002 }),
  kafkaBrokers: setting.list('KAFKA_BROKERS', { default: ['127.0.0.1:9092'] }),
  /** Put before the names of topics and groups, so that several systems can share one Kafka. */
  kafkaPrefix: setting.text('KAFKA_PREFIX', { default: '', pattern: /^[A-Za-z0-9._-]{0,100}$/ }),
  topicPartitions: setting.int('TOPIC_PARTITIONS', { min: 1, max: 1000, default: 6 }),
  /** The server; the service's own database is created in it. */
  databaseUrl: setting.url('DATABASE_URL', { protocols: ['postgres:', 'postgresql:'] }),
  databasePrefix: setting.text('DATABASE_PREFIX', { default: 'waybill_', pattern: /^[A-Za-z0-9_]{0,40}$/ }),
  databasePoolSize: setting.int('DATABASE_POOL_SIZE', { min: 3, max: 100, default: 12 }),
  ...monitorSettings,
  ...retentionSettings,
  ...claimCheckSettings,
  ...httpSettings,
  /** What dead letters and the API description say this is: a release, or a commit. */
  serviceVersion: setting.text('SERVICE_VERSION', { default: '0.1.0', pattern: /^[\w.+-]{1,64}$/ }),
  logLevel: setting.oneOf('LOG_LEVEL', LOG_LEVELS, { default: 'info' }),
};

export interface PaymentConfig extends ConfigOf<typeof spec> {
  /** Name of the service's database. */
  readonly database: string;
  /** Name of the database of the simulated payment provider. */
  readonly providerDatabase: string;
}

/** @throws ConfigError naming everything that is missing or wrong. */
export function readPaymentConfig(env: NodeJS.ProcessEnv): PaymentConfig {
  const config = readConfig(env, spec, [monitorFaults]);
  const { databasePrefix: prefix } = config;
  return { ...config, database: `${prefix}payment`, providerDatabase: `${prefix}payment_provider` };
}
