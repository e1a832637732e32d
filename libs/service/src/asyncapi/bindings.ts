import type { MessageContract, TopicSpec } from '@waybill/messaging';

/** What AsyncAPI says of one broker: how it is reached, and what a topic, a key and a consumer group are there. */
interface BrokerBinding {
  readonly server: object;
  readonly channel: (topic: TopicSpec, address: string) => object;
  readonly message: (contract: MessageContract) => object;
  readonly receive: (group: string) => object;
}

const HOST = { host: { default: 'localhost', description: 'A node of the broker' } };
const keyOf = ({ key }: MessageContract): string => (key === undefined ? 'any' : `the same as ${key} of the payload`);

const kafka: BrokerBinding = {
  server: {
    host: '{host}:9092',
    protocol: 'kafka',
    variables: HOST,
    description:
      'Apache Kafka, and what speaks its protocol. The key of a record is the key of the message; its headers are the envelope.',
  },
  channel: ({ retentionMs }, topic) => ({
    topic,
    ...(retentionMs === undefined ? {} : { topicConfiguration: { 'retention.ms': retentionMs } }),
    bindingVersion: '0.5.0',
  }),
  message: (contract) => ({ key: { type: 'string', description: keyOf(contract) }, bindingVersion: '0.5.0' }),
  receive: (group) => ({ groupId: { type: 'string', enum: [group] }, bindingVersion: '0.5.0' }),
};

const amqp: BrokerBinding = {
  server: {
    host: '{host}:5672',
    protocol: 'amqp',
    protocolVersion: '0.9.1',
    pathname: '/{vhost}',
    variables: { ...HOST, vhost: { default: '', description: 'The virtual host; none: /' } },
    description:
      "RabbitMQ. A topic is a direct exchange, and a stream for each lane, called topic/lane. The routing key is the lane's number: where " +
      "Kafka's Java client puts the key (murmur2, modulo the number of lanes). The key travels in the header waybill-key; the other headers are the envelope.",
  },
  channel: (_topic, name) => ({
    is: 'routingKey',
    exchange: { name, type: 'direct', durable: true, autoDelete: false },
    bindingVersion: '0.3.0',
  }),
  message: () => ({ contentEncoding: 'utf-8', bindingVersion: '0.3.0' }),
  receive: () => ({ ack: true, bindingVersion: '0.3.0' }),
};

const nats: BrokerBinding = {
  server: {
    host: '{host}:4222',
    protocol: 'nats',
    variables: HOST,
    description:
      "NATS with JetStream. A lane of a topic is the subject topic.lane and a stream for it; the lane's number is where Kafka's Java client " +
      'puts the key (murmur2, modulo the number of lanes). The key travels in the header Waybill-Key; the other headers are the envelope.',
  },
  channel: () => ({}),
  message: () => ({}),
  receive: () => ({}),
};

const sns: BrokerBinding = {
  server: {
    host: 'sns.{region}.amazonaws.com',
    protocol: 'sns',
    variables: { region: { default: 'eu-central-1', description: 'Of AWS' } },
    description:
      "Amazon SNS and SQS, FIFO. A lane of a topic is an SNS topic, whose name ends in the lane's number: where Kafka's Java client puts the key " +
      '(murmur2, modulo the number of lanes). The attribute waybill has the key and the headers as JSON. To read, subscribe a FIFO queue of your own ' +
      "to each lane's topic, with raw delivery; groups have queues of theirs, of which what isn't delivered goes to a dead-letter queue.",
  },
  channel: (_topic, address) => ({
    name: `${address.replaceAll('.', '_')}-<lane>.fifo`,
    ordering: { type: 'FIFO', contentBasedDeduplication: false },
    bindingVersion: '0.1.0',
  }),
  message: () => ({}),
  receive: () => ({
    consumers: [
      {
        protocol: 'sqs',
        endpoint: { name: '<topic>-<lane>-s<slot of the group>.fifo' },
        rawMessageDelivery: true,
        redrivePolicy: { deadLetterQueue: { name: '<topic>-net.fifo' } },
      },
    ],
    bindingVersion: '0.1.0',
  }),
};

/** The brokers that a service can be run on, by the name that AsyncAPI has for each protocol. */
const BROKERS = { kafka, amqp, nats, sns };

/** What each of them has to say; nothing where that is nothing. */
const each = (bind: (binding: BrokerBinding) => object): Readonly<Record<string, object>> =>
  Object.fromEntries(
    Object.entries(BROKERS)
      .map(([protocol, binding]) => [protocol, bind(binding)] as const)
      .filter(([, bound]) => Object.keys(bound).length > 0),
  );

export const servers = each(({ server }) => server);
export const channelBindings = (topic: TopicSpec, address: string) => each(({ channel }) => channel(topic, address));
export const messageBindings = (contract: MessageContract) => each(({ message }) => message(contract));
/** Of a service that reads as this consumer group. */
export const receiveBindings = (group: string) => each(({ receive }) => receive(group));
