import { randomBytes } from 'node:crypto';

import { testDatabaseServer, testKafkaBrokers } from '@waybill/embedded/testing';
import type { HttpService } from '@waybill/http';
import { testedClient } from '@waybill/kafka/testing';
import { BROKER, encodeEnvelope } from '@waybill/messaging';
import type { Broker } from '@waybill/messaging';
import { startService } from '@waybill/service';
import { Client } from 'pg';
import request from 'supertest';
import type { Test } from 'supertest';
import { v7 as uuidv7 } from 'uuid';

import { PaymentModule } from '../payment.module.js';

const ADMIN_TOKEN = 'token-of-the-test';

/** The payment service as it runs in production: its own HTTP, on real Kafka and PostgreSQL. */
export async function startPaymentService(env: NodeJS.ProcessEnv = { ADMIN_TOKEN }) {
  const unique = randomBytes(5).toString('hex');
  const service: HttpService = await startService(PaymentModule, {
    DATABASE_URL: testDatabaseServer(),
    DATABASE_PREFIX: `a${unique}_`,
    KAFKA_BROKERS: testKafkaBrokers().join(','),
    KAFKA_PREFIX: `a${unique}.`,
    KAFKA_CLIENT: testedClient,
    TOPIC_PARTITIONS: '1', // one lane: what is published after something is handled after it
    PAYMENT_PORT: '0',
    LOG_LEVEL: 'error',
    ...env,
  });
  const http = request(service.app.getHttpServer());
  const publisher = await service.app.get<Broker>(BROKER, { strict: false }).createPublisher();
  const authorised = (test: Test): Test => test.set('Authorization', `Bearer ${ADMIN_TOKEN}`);

  return {
    http,
    get: (path: string): Test => authorised(http.get(path)),
    post: (path: string, body: object): Test => authorised(http.post(path).send(body)),

    /** Publishes a record as another service would, whatever is in it. */
    async publish(type: string, key: string, data: unknown): Promise<string> {
      const id = uuidv7();
      const envelope = { id, source: '/order', type, time: new Date().toISOString(), correlationId: key };
      const [outcome] = await publisher.publish([
        {
          topic: 'payment.commands',
          key: Buffer.from(key),
          value: Buffer.from(typeof data === 'string' ? data : JSON.stringify(data)),
          headers: encodeEnvelope(envelope, key),
        },
      ]);
      if (outcome?.ok !== true) throw outcome?.error ?? new Error('Not published');
      return id;
    },

    async stop(): Promise<void> {
      await publisher.close();
      await service.close();
      const client = new Client({ connectionString: testDatabaseServer() });
      await client.connect();
      for (const name of ['payment', 'payment_provider']) {
        await client.query(`DROP DATABASE IF EXISTS "a${unique}_${name}" WITH (FORCE)`);
      }
      await client.end();
    },
  };
}

export type PaymentService = Awaited<ReturnType<typeof startPaymentService>>;
