import { kafkaBroker, kafkaConnection, kafkaFaults, kafkaSettings } from '@waybill/kafka';
import type { OpenBroker } from '@waybill/messaging';
import { natsBroker, natsFaults } from '@waybill/nats';
import type { NatsOptions } from '@waybill/nats';
import { certificatesFault, privateKeyFault, setting } from '@waybill/observability';
import type { ConfigOf, Setting } from '@waybill/observability';
import { rabbitBroker, rabbitFaults } from '@waybill/rabbitmq';
import type { RabbitOptions } from '@waybill/rabbitmq';
import { sqsBroker, sqsOptions, sqsSettingFaults, sqsSettings, withSqsLimits } from '@waybill/sqs';

type Environment = Readonly<Record<string, string | undefined>>;

const { optional } = setting;
const KAFKA_PORT = 9092;
const FORM =
  'kafka://host:9092, amqp://user:password@host:5672/vhost, amqps://…, nats://host:4222 or tls://host:4222, sqs://region; several of one broker with commas between them';

/** URLs of one broker's nodes. Nothing of them is ever shown, as they may hold a password. */
function urlsOfOneBroker(text: Setting<string>): Setting<readonly string[]> {
  const parse: Setting<readonly string[]>['parse'] = (value) => {
    const urls = value.split(',').map((url) => url.trim());
    const scheme = schemeOf(urls);
    if (scheme === undefined) return { problem: 'but begins with another protocol' };
    if (urls.some((url) => schemeOf([url]) !== scheme)) return { problem: 'but names different brokers' };
    return { value: urls };
  };
  return { name: text.name, expected: FORM, fallback: undefined, parse };
}

/** Settings that say which broker it is and how it is reached. */
export const brokerSettings = {
  ...kafkaSettings,
  ...sqsSettings,
  brokerUrl: optional(urlsOfOneBroker(setting.text('BROKER_URL'))),
  /** Put before the names of topics and groups, so that several systems can share a broker; for Kafka it counts more than KAFKA_PREFIX. */
  brokerPrefix: setting.text('BROKER_PREFIX', { default: '', pattern: /^[A-Za-z0-9._-]{0,60}$/ }),
  brokerTlsCa: optional(setting.file('BROKER_TLS_CA', { expected: 'certificates in PEM', fault: certificatesFault })),
  brokerTlsCert: optional(
    setting.file('BROKER_TLS_CERT', { expected: 'a certificate in PEM', fault: certificatesFault }),
  ),
  brokerTlsKey: optional(setting.file('BROKER_TLS_KEY', { expected: 'a private key in PEM', fault: privateKeyFault })),
  natsCredentials: optional(setting.file('NATS_CREDENTIALS', { expected: 'a .creds file', fault: () => undefined })),
  /** Of the streams and buckets that the services create. */
  natsReplicas: setting.int('NATS_REPLICAS', { default: 1, min: 1, max: 5 }),
} as const;

export type BrokerConfig = ConfigOf<typeof brokerSettings>;
type AddressConfig = Pick<
  BrokerConfig,
  'brokerUrl' | 'brokerPrefix' | 'brokerTlsCa' | 'brokerTlsCert' | 'brokerTlsKey' | 'natsCredentials' | 'natsReplicas'
>;

/** The environment with defaults that the broker it names calls for. */
export function withBrokerDefaults(env: Environment): Environment {
  const urls = (env['BROKER_URL'] ?? '').trim().split(',');
  return schemeOf(urls) === 'sqs' ? withSqsLimits(env) : env;
}

/** What is wrong with the settings together; give it to `readConfig`. */
export function brokerFaults(env: Environment): readonly string[] {
  const read = <Value>({ name, parse }: Setting<Value>): Value | undefined => {
    const text = env[name]?.trim() ?? '';
    const result = text === '' ? { value: undefined } : parse(text);
    return 'value' in result ? result.value : undefined;
  };
  const urls = read(brokerSettings.brokerUrl);
  if (urls === undefined) return kafkaFaults(env);
  const twice = (env['KAFKA_BROKERS'] ?? '').trim() === '' ? [] : ['KAFKA_BROKERS must not be set beside BROKER_URL'];
  if (schemeOf(urls) === 'kafka') return [...twice, ...kafkaFaults(env), ...kafkaUrlFaults(urls)];
  if (schemeOf(urls) === 'sqs') {
    return [...twice, ...sqsSettingFaults(urls, read(brokerSettings.brokerPrefix) ?? '', env)];
  }
  const config = {
    brokerUrl: urls,
    brokerPrefix: read(brokerSettings.brokerPrefix) ?? '',
    brokerTlsCa: read(brokerSettings.brokerTlsCa),
    brokerTlsCert: read(brokerSettings.brokerTlsCert),
    brokerTlsKey: read(brokerSettings.brokerTlsKey),
    natsCredentials: read(brokerSettings.natsCredentials),
    natsReplicas: read(brokerSettings.natsReplicas) ?? 1,
  };
  const faults =
    schemeOf(urls) === 'nats'
      ? natsFaults(natsOptions('service', config))
      : rabbitFaults(rabbitOptions('service', config));
  return [...twice, ...faults.map(inSettings)];
}

/** The broker of the settings, which have no faults. */
export function openBroker(service: string, config: BrokerConfig): OpenBroker {
  const { brokerUrl: urls } = config;
  const scheme = urls === undefined ? 'kafka' : schemeOf(urls);
  if (scheme === 'rabbitmq') return rabbitBroker(rabbitOptions(service, config));
  if (scheme === 'nats') return natsBroker(natsOptions(service, config));
  if (scheme === 'sqs') return sqsBroker(sqsOptions(urls ?? [], config.brokerPrefix, config));
  const connection = kafkaConnection(config);
  return kafkaBroker({
    clientId: service,
    ...connection,
    ...(urls === undefined ? {} : { brokers: urls.map(hostAndPort) }),
    ...(config.brokerPrefix === '' ? {} : { topicPrefix: config.brokerPrefix }),
  });
}

/** What stands before the names of topics and groups at the broker of the settings. */
export function namePrefix({ brokerUrl: urls, brokerPrefix, kafkaPrefix }: BrokerConfig): string {
  const isKafka = urls === undefined || schemeOf(urls) === 'kafka';
  return isKafka && brokerPrefix === '' ? kafkaPrefix : brokerPrefix;
}

function schemeOf([url = '']: readonly string[]): 'kafka' | 'rabbitmq' | 'nats' | 'sqs' | undefined {
  if (url.startsWith('kafka://')) return 'kafka';
  if (url.startsWith('sqs://')) return 'sqs';
  if (/^(?:nats|tls):\/\//.test(url)) return 'nats';
  return /^amqps?:\/\//.test(url) ? 'rabbitmq' : undefined;
}

/** Kafka's brokers are host and port; who the client is and TLS have settings of their own. */
function kafkaUrlFaults(urls: readonly string[]): readonly string[] {
  return urls.some((url) => !/^kafka:\/\/[A-Za-z0-9._-]+(:\d{1,5})?\/?$/.test(url))
    ? ['BROKER_URL must be kafka://host:port, with nothing before or behind it: see KAFKA_SASL_USERNAME and KAFKA_SSL']
    : [];
}

function hostAndPort(url: string): string {
  const { hostname, port } = new URL(url);
  return `${hostname}:${port === '' ? KAFKA_PORT : port}`;
}

function rabbitOptions(name: string, config: AddressConfig): RabbitOptions {
  return { name, urls: config.brokerUrl ?? [], prefix: config.brokerPrefix, tls: tlsOf(config) };
}

function natsOptions(clientName: string, config: AddressConfig): NatsOptions {
  const { brokerUrl: servers = [], brokerPrefix: topicPrefix, natsCredentials: creds, natsReplicas: replicas } = config;
  return {
    clientName,
    servers,
    topicPrefix,
    replicas,
    tls: tlsOf(config),
    credentials: creds === undefined ? undefined : { creds },
  };
}

function tlsOf({ brokerTlsCa: ca, brokerTlsCert: cert, brokerTlsKey: key }: AddressConfig) {
  return [ca, cert, key].some((pem) => pem !== undefined) ? { ca, cert, key } : undefined;
}

/** An adapter's sentence about its options, about the settings that they came from. */
function inSettings(fault: string): string {
  return fault
    .replace(/^\w+Broker: /, '')
    .replace(/^(?:urls|servers)(\[\d+\])?/, (_, index: string | undefined) => `BROKER_URL${index ?? ''}`)
    .replace(/^(?:prefix|topicPrefix)/, 'BROKER_PREFIX')
    .replace(/^credentials(\.creds)?/, 'NATS_CREDENTIALS')
    .replaceAll(/\btls\.(ca|cert|key)\b/g, (_, part: string) => `BROKER_TLS_${part.toUpperCase()}`)
    .replace(/^tls\b/, 'BROKER_TLS_CA, BROKER_TLS_CERT and BROKER_TLS_KEY');
}
