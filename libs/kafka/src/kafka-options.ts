/** TLS to the brokers, whose certificates must be valid for their host names. */
export interface KafkaTls {
  /** Certificates of the authorities that may sign the brokers' ones, in PEM. @default those that Node trusts */
  readonly ca?: string | undefined;
  /** The client's own certificate, in PEM, where the brokers ask for one; `key` belongs to it. @default none */
  readonly cert?: string | undefined;
  readonly key?: string | undefined;
}

export const SASL_MECHANISMS = ['plain', 'scram-sha-256', 'scram-sha-512'] as const;

interface SaslUser<Mechanism extends string> {
  readonly mechanism: Mechanism;
  readonly username: string;
  readonly password: string;
}

export type KafkaSasl = {
  [Mechanism in (typeof SASL_MECHANISMS)[number]]: SaslUser<Mechanism>;
}[(typeof SASL_MECHANISMS)[number]];

/** The libraries that can speak to the brokers. */
export const KAFKA_CLIENTS = ['kafkajs', 'platformatic'] as const;

export interface KafkaOptions {
  /** @default 'kafkajs' */
  readonly client?: (typeof KAFKA_CLIENTS)[number];
  readonly brokers: readonly string[];
  readonly clientId: string;
  /** @default no TLS */
  readonly tls?: KafkaTls | undefined;
  /** Who this client is to the brokers. @default nobody is asked for */
  readonly sasl?: KafkaSasl | undefined;
  /** Put before every topic and group name, on the wire only: keeps deployments that share brokers apart. @default none */
  readonly topicPrefix?: string;
  /** How long to try to reach the brokers, in milliseconds; then a start continues without them. @default 5000 */
  readonly startTimeoutMs?: number;
  /** Without a sign of life for so long a consumer loses its lanes, in milliseconds. @default 10000 */
  readonly sessionTimeoutMs?: number;
  /** How often a consumer looks for partitions that were added, in milliseconds. @default 30000 */
  readonly metadataMaxAgeMs?: number;
  /** Replicas of created topics; `-1` = the brokers' default. @default -1 */
  readonly replicationFactor?: number;
}
