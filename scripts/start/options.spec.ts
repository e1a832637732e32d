import { parseOptions } from './options.js';

describe('the options of npm start', () => {
  it('choose the embedded Kafka, another one, or another broker', () => {
    expect(parseOptions([], {})).toMatchObject({ kafka: 'embedded', otherBroker: undefined, brokerUrl: '' });
    expect(parseOptions(['--broker', 'kafka'], { KAFKA_BROKERS: 'one:9092' })).toMatchObject({ kafka: 'external' });
    expect(parseOptions(['--broker', 'nats'], {})).toMatchObject({ otherBroker: 'nats' });
    expect(parseOptions([], { BROKER_URL: 'amqp://u:p@one' })).toMatchObject({ brokerUrl: 'amqp://u:p@one' });
  });

  it.each([
    [['--broker', 'redis'], {}, '--broker must be one of kafka, rabbitmq, nats, sqs, got "redis".'],
    [['--broker', 'nats', '--kafka', 'apache'], {}, '--kafka apache and --broker nats contradict each other'],
    [['--broker', 'nats'], { KAFKA_BROKERS: 'one:9092' }, '--broker nats and KAFKA_BROKERS=one:9092 contradict'],
    [['--broker', 'nats'], { BROKER_URL: 'amqp://u:secret@one' }, '--broker nats and BROKER_URL contradict each other'],
    [[], { KAFKA_BROKERS: 'one:9092', BROKER_URL: 'nats://one' }, 'KAFKA_BROKERS=one:9092 and BROKER_URL contradict'],
  ])('refuse %j with %j', (argv, env, message) => expect(() => parseOptions(argv, env)).toThrow(message));
});
