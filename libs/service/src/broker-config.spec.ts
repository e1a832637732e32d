import { SERVICE_SETTINGS } from '@waybill/contracts';

import { readServiceConfig } from './service-config.js';

const SERVICE = { name: 'loyalty', port: 3005 };
const read = (env: Record<string, string>) =>
  readServiceConfig({ DATABASE_URL: 'postgresql://postgres@127.0.0.1:5432/postgres', ...env }, SERVICE, {});
const refusal = (env: Record<string, string>): string => {
  try {
    read(env);
    return 'taken';
  } catch (error) {
    return String(error);
  }
};

describe('the broker of a service', () => {
  it('is named by the protocol of BROKER_URL, and is Kafka at KAFKA_BROKERS without it', () => {
    expect(read({}).brokerUrl).toBeUndefined();
    const urls = ['amqp://u:p@one:5672/shop', 'amqp://u:p@two/shop'];
    expect(read({ BROKER_URL: urls.join(', '), BROKER_PREFIX: 'red.' })).toMatchObject({
      brokerUrl: urls,
      brokerPrefix: 'red.',
    });
    expect(read({ BROKER_URL: 'kafka://one:9092,kafka://two' }).brokerUrl).toEqual(['kafka://one:9092', 'kafka://two']);
  });

  it.each([
    [{ BROKER_URL: 'redis://one' }, 'but begins with another protocol'],
    [{ BROKER_URL: 'sqs://eu-central-1,sqs://us-east-1' }, 'BROKER_URL must be sqs://region, one,'],
    [
      { BROKER_URL: 'sqs://key:secret@eu-central-1' },
      'BROKER_URL must be sqs://region, one, with nothing before or behind it',
    ],
    [{ BROKER_URL: 'sqs://frankfurt' }, 'BROKER_URL (or AWS_REGION) must be one like eu-central-1, got "frankfurt"'],
    [{ BROKER_URL: 'sqs://' }, 'BROKER_URL must be sqs://region, or AWS_REGION be set'],
    [{ BROKER_URL: 'sqs://eu-central-1', AWS_REGION: 'us-east-1' }, 'must name the same region'],
    [{ BROKER_URL: 'sqs://eu-central-1', AWS_ACCESS_KEY_ID: 'a' }, 'AWS_SECRET_ACCESS_KEY must be set together'],
    [{ BROKER_URL: 'sqs://eu-central-1', AWS_ENDPOINT_URL: 'ftp://x' }, 'AWS_ENDPOINT_URL must be http://host:port'],
    [{ BROKER_URL: 'amqp://u:p@one,kafka://two' }, 'but names different brokers'],
    [{ BROKER_URL: 'amqp://u:p@one', KAFKA_BROKERS: 'one:9092' }, 'KAFKA_BROKERS must not be set beside BROKER_URL'],
    [{ BROKER_URL: 'kafka://u:p@one' }, 'BROKER_URL must be kafka://host:port, with nothing before or behind it'],
    [{ BROKER_URL: 'amqp://u@one' }, 'BROKER_URL[0] must name a user and a password, or neither'],
    [{ BROKER_URL: 'nats://one/path' }, 'BROKER_URL[0] must be a URL like nats://host:4222'],
    [{ BROKER_URL: 'nats://one', NATS_REPLICAS: '6' }, 'NATS_REPLICAS must be'],
    [{ BROKER_URL: 'nats://one,tls://two' }, 'BROKER_URL must all be tls:// where one is'],
    [{ BROKER_URL: 'amqp://one?x=1' }, 'BROKER_URL[0] must have no query'],
    [{ BROKER_URL: 'amqp://one', BROKER_PREFIX: 'a b' }, 'BROKER_PREFIX must be'],
    [{ BROKER_URL: 'amqps://one', BROKER_TLS_CA: 'no-such.pem' }, 'BROKER_TLS_CA must be the path of certificates'],
  ])('F54: is refused with %j', (env, fault) => expect(refusal(env)).toContain(fault));

  it('is SNS and SQS in the region of BROKER_URL, or of AWS_REGION, with limits that fit', () => {
    const limits = { outboxMaxMessageBytes: 245_760, claimCheckThresholdBytes: 229_376 };
    expect(read({ BROKER_URL: 'sqs://eu-central-1' })).toMatchObject({ ...limits, brokerUrl: ['sqs://eu-central-1'] });
    expect(read({ BROKER_URL: 'sqs://', AWS_REGION: 'eu-west-1' })).toMatchObject({ awsRegion: 'eu-west-1' });
    const own = { OUTBOX_MAX_MESSAGE_BYTES: '70000', CLAIM_CHECK_THRESHOLD_BYTES: '50000' };
    expect(read({ BROKER_URL: 'sqs://eu-central-1', ...own })).toMatchObject({ outboxMaxMessageBytes: 70_000 });
    expect(read({}).outboxMaxMessageBytes).toBe(1_000_000);
  });

  it.each(['', 'kafka://one', 'nats://one', 'amqp://u:p@one', 'sqs://eu-central-1'])(
    'is as without settings where they are empty, as Compose passes them: %s',
    (url) => {
      const given: Record<string, string> = url === '' ? {} : { BROKER_URL: url };
      const empty = Object.fromEntries(SERVICE_SETTINGS.map((name) => [name, '']));
      const plain = read(given);
      expect(read({ ...empty, DATABASE_URL: 'postgresql://postgres@127.0.0.1:5432/postgres', ...given })).toEqual(
        plain,
      );
    },
  );

  it('F54: is refused for all faults at once, and without its password', () => {
    const all = refusal({ BROKER_URL: 'amqp://u:geheim@one/a/b?x=1', KAFKA_BROKERS: 'one', LOG_LEVEL: 'loud' });
    for (const fault of ['a / in its name is written %2F', 'no query', 'KAFKA_BROKERS must not', 'LOG_LEVEL']) {
      expect(all).toContain(fault);
    }
    expect(all).not.toContain('geheim');
  });
});
