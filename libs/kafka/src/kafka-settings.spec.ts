import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { ConfigError, readConfig } from '@waybill/observability';
import { CERTIFICATE, ENCRYPTED_KEY, KEY, OTHER_KEY } from '@waybill/observability/testing';

import { kafkaConnection, kafkaFaults, kafkaSettings } from './kafka-settings.js';

const read = (env: Record<string, string>) => kafkaConnection(readConfig(env, kafkaSettings, [kafkaFaults]));

function faultsOf(env: Record<string, string>): readonly string[] {
  try {
    read(env);
  } catch (error) {
    if (error instanceof ConfigError) return error.faults;
  }
  return [];
}

const USER = { KAFKA_SASL_USERNAME: 'payment', KAFKA_SASL_PASSWORD: 's3cret' };

describe('the settings of the connection to Kafka', () => {
  let folder: string;

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'waybill-pem-'));
  });

  afterAll(() => rmSync(folder, { recursive: true }));

  function file(name: string, content: string): string {
    const path = join(folder, name);
    writeFileSync(path, content);
    return path;
  }

  it('ask for kafkajs, no TLS and no user, unless they are told', () => {
    expect(read({})).toEqual({
      client: 'kafkajs',
      brokers: ['127.0.0.1:9092'],
      topicPrefix: '',
      tls: undefined,
      sasl: undefined,
    });
  });

  it('give the files of TLS by their contents, and the user', () => {
    const [cert, key] = [file('cert.pem', CERTIFICATE), file('key.pem', KEY)];
    const files = { KAFKA_SSL_CA: cert, KAFKA_SSL_CERT: cert, KAFKA_SSL_KEY: key };
    const { tls, sasl } = read({ KAFKA_SSL: 'true', ...files, KAFKA_SASL_MECHANISM: 'scram-sha-512', ...USER });
    expect(tls?.ca).toContain('BEGIN CERTIFICATE');
    expect(tls?.key).toContain('PRIVATE KEY');
    expect(sasl).toEqual({ mechanism: 'scram-sha-512', username: 'payment', password: 's3cret' });
  });

  it('are refused with every fault, and without a secret', () => {
    const broken = file('broken.pem', '-----BEGIN CERTIFICATE-----\nhush\n-----END CERTIFICATE-----\n');
    const faults = faultsOf({
      KAFKA_CLIENT: 'librdkafka',
      KAFKA_SSL: 'yes',
      KAFKA_SSL_CA: join(folder, 'none.pem'),
      KAFKA_SSL_CERT: broken,
      KAFKA_SASL_MECHANISM: 'gssapi',
      KAFKA_SASL_PASSWORD: 'hush',
    });
    expect(faults).toEqual([
      'KAFKA_CLIENT must be one of kafkajs, platformatic, got "librdkafka"',
      expect.stringMatching(/^KAFKA_SSL must be true or false/),
      expect.stringMatching(/^KAFKA_SSL_CA must be the path of certificates in PEM, but .* can't be read \(ENOENT\)/),
      expect.stringMatching(/^KAFKA_SSL_CERT must be .* but its file holds a certificate that is damaged/),
      expect.stringMatching(/^KAFKA_SASL_MECHANISM must be one of plain, scram-sha-256, scram-sha-512, got "gssapi"/),
      'KAFKA_SSL_KEY must be set, as KAFKA_SSL_CERT is',
      'KAFKA_SASL_USERNAME must be set, as KAFKA_SASL_MECHANISM is',
      'KAFKA_SSL must be true where KAFKA_SSL_CA, KAFKA_SSL_CERT are set',
    ]);
    expect(faults.join()).not.toContain('hush');
  });

  it('refuse a key that belongs to another certificate, and one that is encrypted', () => {
    const faultsWith = (key: string) =>
      faultsOf({
        KAFKA_SSL: 'true',
        KAFKA_SSL_CERT: file('cert.pem', CERTIFICATE),
        KAFKA_SSL_KEY: file('key.pem', key),
      });
    expect(faultsWith(KEY)).toEqual([]);
    expect(faultsWith(OTHER_KEY)).toEqual([
      expect.stringMatching(/^KAFKA_SSL_KEY must belong to the certificate of KAFKA_SSL_CERT/),
    ]);
    expect(faultsWith(ENCRYPTED_KEY)).toEqual([expect.stringContaining('encrypted')]);
    expect(faultsWith('')).toEqual([expect.stringContaining('holds no private key')]);
  });

  it.each(Object.keys(USER))('want the rest of a user where only %s is given', (name) => {
    const faults = faultsOf({ [name]: 'x' });
    expect(faults).toHaveLength(2);
    expect(faults.every((fault) => fault.endsWith(`must be set, as ${name} is`))).toBe(true);
  });
});
