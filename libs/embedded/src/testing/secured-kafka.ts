import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

import { startApacheKafka } from '../apache-kafka/apache-kafka.js';
import { freePort } from '../free-port.js';
import { javaTool } from '../kafka/testing/java-tools.js';
import { TestAuthority } from './certificates.js';
import type { Certificate } from './certificates.js';

export interface SecuredKafka {
  /** `127.0.0.1:<port>` of listeners: for user name and password over TLS, for client certificates, and for neither. */
  readonly sasl: string;
  readonly mutualTls: string;
  readonly plain: string;
  /** Path of the authority's certificate that vouches for the broker and for `client`. */
  readonly ca: string;
  readonly client: Certificate;
  readonly username: string;
  readonly password: string;
  stop(): Promise<void>;
}

const [USERNAME, PASSWORD] = ['waybill', 'pa55word'];
const JAAS = 'org.apache.kafka.common.security';

/** Apache Kafka with the listeners that a secured cluster has, one user, and certificates made for it. Needs openssl, Java 17 and Maven. */
export async function startSecuredKafka(): Promise<SecuredKafka> {
  const folder = mkdtempSync(join(tmpdir(), 'waybill-secured-'));
  const authority = new TestAuthority(folder, 'authority');
  const broker = authority.sign('broker', ['IP:127.0.0.1']);
  const [saslPort, tlsPort] = [await freePort(), await freePort()];
  const kafka = await startApacheKafka({
    dataDir: join(folder, 'kafka'),
    cacheDir: resolve('.waybill/cache'),
    removeIfOrphaned: folder,
    startTimeoutMs: 240_000, // a JVM on a machine that tests share with much else
    listeners: [
      { name: 'SECURED', protocol: 'SASL_SSL', port: saslPort },
      { name: 'MUTUAL', protocol: 'SSL', port: tlsPort },
    ],
    properties: {
      'ssl.keystore.type': 'PEM',
      'ssl.keystore.location': broker.chain,
      'ssl.truststore.type': 'PEM',
      'ssl.truststore.location': authority.ca,
      'sasl.enabled.mechanisms': 'PLAIN,SCRAM-SHA-256,SCRAM-SHA-512',
      'listener.name.secured.plain.sasl.jaas.config': `${JAAS}.plain.PlainLoginModule required user_${USERNAME}="${PASSWORD}";`,
      'listener.name.secured.scram-sha-256.sasl.jaas.config': `${JAAS}.scram.ScramLoginModule required;`,
      'listener.name.secured.scram-sha-512.sasl.jaas.config': `${JAAS}.scram.ScramLoginModule required;`,
      'listener.name.mutual.ssl.client.auth': 'required',
    },
  });
  for (const mechanism of ['SCRAM-SHA-256', 'SCRAM-SHA-512']) {
    const entity = ['--alter', '--entity-type', 'users', '--entity-name', USERNAME]; // one credential of a user a request
    const credential = ['--add-config', `${mechanism}=[password=${PASSWORD}]`];
    await javaTool(kafka.brokers, 'kafka.admin.ConfigCommand', [...entity, ...credential]);
  }
  return {
    sasl: `127.0.0.1:${saslPort}`,
    mutualTls: `127.0.0.1:${tlsPort}`,
    plain: kafka.brokers,
    ca: authority.ca,
    client: authority.sign('client', ['DNS:client']),
    username: USERNAME,
    password: PASSWORD,
    async stop() {
      await kafka.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
