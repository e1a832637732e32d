import { certificatesFault, isKeyOf, privateKeyFault, setting } from '@waybill/observability';
import type { ConfigOf, Setting } from '@waybill/observability';

import { brokerAddresses } from './broker-addresses.js';
import { KAFKA_CLIENTS, SASL_MECHANISMS } from './kafka-options.js';
import type { KafkaOptions } from './kafka-options.js';

const { optional } = setting;

/** Settings of the connection to Kafka; spread them into the service's own. */
export const kafkaSettings = {
  kafkaBrokers: brokerAddresses('KAFKA_BROKERS', ['127.0.0.1:9092']),
  /** Put before the names of topics and groups, so that several systems can share one Kafka. */
  kafkaPrefix: setting.text('KAFKA_PREFIX', { default: '', pattern: /^[A-Za-z0-9._-]{0,100}$/ }),
  kafkaClient: setting.oneOf('KAFKA_CLIENT', KAFKA_CLIENTS, { default: 'kafkajs' }),
  kafkaSsl: setting.flag('KAFKA_SSL', { default: false }),
  kafkaSslCa: optional(setting.file('KAFKA_SSL_CA', { expected: 'certificates in PEM', fault: certificatesFault })),
  kafkaSslCert: optional(
    setting.file('KAFKA_SSL_CERT', { expected: 'a certificate in PEM', fault: certificatesFault }),
  ),
  kafkaSslKey: optional(setting.file('KAFKA_SSL_KEY', { expected: 'a private key in PEM', fault: privateKeyFault })),
  kafkaSaslMechanism: optional(setting.oneOf('KAFKA_SASL_MECHANISM', SASL_MECHANISMS)),
  kafkaSaslUsername: setting.text('KAFKA_SASL_USERNAME', { default: '' }),
  kafkaSaslPassword: setting.text('KAFKA_SASL_PASSWORD', { default: '', secret: true }),
} as const;

/** Each needs the other ones of its line. */
const TOGETHER = [
  ['KAFKA_SSL_CERT', 'KAFKA_SSL_KEY'],
  ['KAFKA_SASL_MECHANISM', 'KAFKA_SASL_USERNAME', 'KAFKA_SASL_PASSWORD'],
] as const;

/** What is wrong with the settings together; give it to `readConfig`. */
export function kafkaFaults(env: Readonly<Record<string, string | undefined>>): readonly string[] {
  const given = (name: string): boolean => (env[name] ?? '').trim() !== '';
  const incomplete = TOGETHER.flatMap((names) => {
    const first = names.find(given);
    return first === undefined
      ? []
      : names.filter((name) => !given(name)).map((name) => `${name} must be set, as ${first} is`);
  });
  const contentOf = ({ name, parse }: Setting<string | undefined>): string | undefined => {
    const read = parse(env[name]?.trim() ?? '');
    return 'value' in read ? read.value : undefined;
  };
  const [cert, key] = [contentOf(kafkaSettings.kafkaSslCert), contentOf(kafkaSettings.kafkaSslKey)];
  const strangers = cert !== undefined && key !== undefined && !isKeyOf(key, cert);
  const mismatch = strangers
    ? ['KAFKA_SSL_KEY must belong to the certificate of KAFKA_SSL_CERT, but is the key of another']
    : [];
  const unused = ['KAFKA_SSL_CA', 'KAFKA_SSL_CERT', 'KAFKA_SSL_KEY'].filter(given);
  if (unused.length === 0 || env['KAFKA_SSL']?.trim() === 'true') return [...incomplete, ...mismatch];
  return [
    ...incomplete,
    ...mismatch,
    `KAFKA_SSL must be true where ${unused.join(', ')} ${unused.length > 1 ? 'are' : 'is'} set`,
  ];
}

/** What the settings say of the connection. */
export function kafkaConnection(
  config: ConfigOf<typeof kafkaSettings>,
): Pick<KafkaOptions, 'client' | 'brokers' | 'topicPrefix' | 'tls' | 'sasl'> {
  const { kafkaSaslMechanism: mechanism, kafkaSaslUsername: username, kafkaSaslPassword: password } = config;
  return {
    client: config.kafkaClient,
    brokers: config.kafkaBrokers,
    topicPrefix: config.kafkaPrefix,
    tls: config.kafkaSsl ? { ca: config.kafkaSslCa, cert: config.kafkaSslCert, key: config.kafkaSslKey } : undefined,
    sasl: mechanism === undefined ? undefined : { mechanism, username, password },
  };
}
