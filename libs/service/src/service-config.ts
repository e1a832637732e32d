import { claimCheckSettings } from '@waybill/claim-check';
import { httpFaults, httpSettings } from '@waybill/http';
import { retentionSettings } from '@waybill/messaging';
import { LOG_LEVELS, monitorFaults, monitorSettings, readConfig, setting } from '@waybill/observability';
import type { ConfigOf, ConfigSpec, Setting } from '@waybill/observability';

import { brokerFaults, brokerSettings, withBrokerDefaults } from './broker-config.js';

export type Environment = Readonly<Record<string, string | undefined>>;

const DAY_MS = 86_400_000;

const shared = {
  ...brokerSettings,
  topicPartitions: setting.int('TOPIC_PARTITIONS', { min: 1, max: 1000, default: 6 }),
  /** The server; the service's own database is created in it. */
  databaseUrl: setting.url('DATABASE_URL', { protocols: ['postgres:', 'postgresql:'] }),
  databasePrefix: setting.text('DATABASE_PREFIX', { default: 'waybill_', pattern: /^[A-Za-z0-9_]{0,40}$/ }),
  databasePoolSize: setting.int('DATABASE_POOL_SIZE', { min: 3, max: 100, default: 12 }),
  ...monitorSettings,
  ...retentionSettings,
  ...claimCheckSettings,
  /** Of what operators did: who, when and why. */
  auditRetentionMs: setting.durationMs('AUDIT_RETENTION_MS', { min: DAY_MS, default: 365 * DAY_MS }),
  /** Largest record, in bytes; at most what the topics take. */
  outboxMaxMessageBytes: setting.int('OUTBOX_MAX_MESSAGE_BYTES', { min: 65_536, max: 900_000_000, default: 1_000_000 }),
  /** Deadline of one call of a handler to the outside: a payment provider, a carrier. */
  callTimeoutMs: setting.durationMs('CALL_TIMEOUT_MS', { min: 100, max: 90_000, default: 30_000 }),
  ...httpSettings,
  /** What dead letters and the API description say this is: a release, or a commit. */
  serviceVersion: setting.text('SERVICE_VERSION', { default: '0.1.0', pattern: /^[\w.+-]{1,64}$/ }),
  logLevel: setting.oneOf('LOG_LEVEL', LOG_LEVELS, { default: 'info' }),
};

type SharedSettings = typeof shared & { readonly port: Setting<number> };

/** The settings that all services share. */
export interface ServiceConfig extends ConfigOf<SharedSettings> {
  /** Name of the service's database. */
  readonly database: string;
}

/**
 * Reads what all services share, `<NAME>_PORT`, and the service's own settings.
 * @throws ConfigError naming everything that is missing or wrong.
 */
export function readServiceConfig<Own extends ConfigSpec>(
  env: Environment,
  { name, port }: { readonly name: string; readonly port: number },
  own: Own,
): ConfigOf<Own> & ServiceConfig {
  const portSetting = setting.port(`${name.toUpperCase().replaceAll('-', '_')}_PORT`, { default: port });
  const config: ConfigOf<Own> & ConfigOf<SharedSettings> = readConfig(
    withBrokerDefaults(env),
    { port: portSetting, ...shared, ...own },
    [brokerFaults, httpFaults, monitorFaults],
  );
  return { ...config, database: `${config.databasePrefix}${name.replaceAll('-', '_')}` };
}
