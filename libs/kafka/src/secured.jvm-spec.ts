import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { startSecuredKafka, TestAuthority } from '@waybill/embedded/testing';
import type { SecuredKafka } from '@waybill/embedded/testing';
import { eventually } from '@waybill/messaging/testing';
import { readConfig } from '@waybill/observability';

import { kafkaBroker } from './kafka-broker.js';
import { KAFKA_CLIENTS } from './kafka-options.js';
import { kafkaConnection, kafkaFaults, kafkaSettings } from './kafka-settings.js';

jest.setTimeout(400_000); // starts a JVM, and two of its tools

/** A cluster as it is outside of development; what a service says to it is in its settings alone. */
describe.each(KAFKA_CLIENTS)('a secured cluster, by %s', (library) => {
  let kafka: SecuredKafka;
  let user: Readonly<Record<string, string>>;
  const log: string[] = [];

  beforeAll(async () => {
    kafka = await startSecuredKafka();
    const { sasl, ca, username, password } = kafka;
    user = {
      KAFKA_CLIENT: library,
      KAFKA_BROKERS: sasl,
      KAFKA_SSL: 'true',
      KAFKA_SSL_CA: ca,
      KAFKA_SASL_MECHANISM: 'plain',
      KAFKA_SASL_USERNAME: username,
      KAFKA_SASL_PASSWORD: password,
    };
  });

  afterAll(() => kafka.stop());

  function connect(env: Readonly<Record<string, string | undefined>>) {
    const keep = (line: string) => void log.push(line);
    const options = kafkaConnection(readConfig(env, kafkaSettings, [kafkaFaults]));
    const open = kafkaBroker({ ...options, clientId: 'test', startTimeoutMs: 60_000 });
    return open({ partitions: 1 }, { error: keep, warn: keep, debug: keep });
  }

  async function sendAndTake(env: Readonly<Record<string, string>>, topic: string): Promise<string[]> {
    const broker = connect(env);
    await broker.ensureTopics([{ name: topic, kind: 'event' }]);
    const got: string[] = [];
    await broker.subscribe(
      { group: topic, topics: [topic] },
      {
        onRecords: (_, records) => void got.push(...records.map(({ value }) => String(value))),
        onAssigned: () => {},
        onHealth: () => {},
      },
    );
    const publisher = await broker.createPublisher();
    await publisher.publish([{ topic, key: null, value: Buffer.from(topic), headers: {} }]);
    await eventually(() => got.length === 1, 60_000);
    const reader = broker.createLagReader({ group: topic, topics: [topic] });
    expect((await reader.read()).map(({ end }) => end)).toEqual(['1']);
    await broker.close();
    return got;
  }

  it.each(['plain', 'scram-sha-256', 'scram-sha-512'])(
    'is used over TLS by a user who is known by %s',
    async (mechanism) => {
      expect(await sendAndTake({ ...user, KAFKA_SASL_MECHANISM: mechanism }, mechanism)).toEqual([mechanism]);
    },
  );

  it('is used by a client with a certificate of its own, and by nobody without one', async () => {
    const { client, mutualTls: brokers, ca } = kafka;
    const anybody = { KAFKA_CLIENT: library, KAFKA_BROKERS: brokers, KAFKA_SSL: 'true', KAFKA_SSL_CA: ca };
    const known = { ...anybody, KAFKA_SSL_CERT: client.cert, KAFKA_SSL_KEY: client.key };
    expect(await sendAndTake(known, 'certificate')).toEqual(['certificate']);
    await expect(connect(anybody).ensureTopics([])).rejects.toThrow(/can't be used: TLS fails: .*certificate/);
  });

  it.each(['plain', 'scram-sha-256'])(
    'refuses a wrong password (%s): that is said, at once, and without the password',
    async (mechanism) => {
      const wrong = connect({ ...user, KAFKA_SASL_MECHANISM: mechanism, KAFKA_SASL_PASSWORD: 'wr0ng' });
      await expect(wrong.ensureTopics([])).rejects.toMatchObject({
        code: 'BROKER_UNAVAILABLE',
        message: expect.stringMatching(
          /^Kafka at 127\.0\.0\.1:\d+ can't be used: the user name or password is refused: /,
        ),
      });
      await expect(wrong.createPublisher()).rejects.toThrow();
      await wrong.close();
      expect(log.join()).not.toMatch(/wr0ng|pa55word/);
    },
  );

  it('is not trusted where its authority is another, or unknown', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'waybill-other-'));
    const { ca } = new TestAuthority(folder, 'other');
    for (const trusted of [ca, '']) {
      await expect(connect({ ...user, KAFKA_SSL_CA: trusted }).ensureTopics([])).rejects.toMatchObject({
        code: 'BROKER_UNAVAILABLE',
        message: expect.stringMatching(
          /can't be used: TLS fails: .*(SELF_SIGNED_CERT_IN_CHAIN|UNABLE_TO_VERIFY_LEAF_SIGNATURE)/,
        ),
      });
    }
    rmSync(folder, { recursive: true });
  });

  it('is not trusted under a name that its certificate does not have', async () => {
    const brokers = kafka.sasl.replace('127.0.0.1', 'localhost');
    await expect(connect({ ...user, KAFKA_BROKERS: brokers }).ensureTopics([])).rejects.toThrow(
      /can't be used: TLS fails: .*ERR_TLS_CERT_ALTNAME_INVALID/,
    );
  });
});
