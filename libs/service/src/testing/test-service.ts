import { randomBytes } from 'node:crypto';

import type { NestExpressApplication } from '@nestjs/platform-express';
import { Test } from '@nestjs/testing';
import { Database, isTransientDatabaseError } from '@waybill/database';
import { deadLetterTopic } from '@waybill/dlq';
import { dropTestDatabases, testDatabaseServer } from '@waybill/embedded/testing';
import { configureHttp, HttpAdapter } from '@waybill/http';
import { BROKER } from '@waybill/messaging';
import { InMemoryBroker } from '@waybill/messaging/testing';
import { Outbox } from '@waybill/outbox';
import { CollectingOutbox } from '@waybill/outbox/testing';

import type { Environment, ServiceConfig } from '../service-config.js';
import type { ServiceApp } from '../service-options.js';

/** A service with everything but a broker: its messages go nowhere, and none arrive. */
export interface TestService<Config extends ServiceConfig = ServiceConfig> {
  readonly app: NestExpressApplication;
  readonly config: Config;
  readonly database: Database;
  readonly outbox: CollectingOutbox;
  stop(): Promise<void>;
}

/** Starts a service on databases of its own, as it is composed in production. Its HTTP answers without a port. */
export async function startTestService<Config extends ServiceConfig>(
  app: ServiceApp<Config>,
  env: Environment = {},
  changes: Partial<Config> = {},
): Promise<TestService<Config>> {
  const databasePrefix = `t${randomBytes(5).toString('hex')}_`;
  const config: Config = {
    ...app.readConfig({ DATABASE_URL: testDatabaseServer(), DATABASE_PREFIX: databasePrefix, ...env }),
    ...changes,
  };
  const outbox = new CollectingOutbox();
  const broker = new InMemoryBroker();
  await broker.ensureTopics([...app.service.topics, deadLetterTopic(app.service.name)]);
  const module = await Test.createTestingModule({ imports: [app.forRoot(config)] })
    .overrideProvider(BROKER)
    .useValue(broker)
    .overrideProvider(Outbox)
    .useValue(outbox)
    .compile();
  const nest = module.createNestApplication<NestExpressApplication>(new HttpAdapter(), {
    bodyParser: false,
    logger: false,
  });
  const { operatorsPaths = [], translateError } = app.service;
  configureHttp(nest, {
    admin: { token: config.adminToken, paths: operatorsPaths },
    ...(translateError && { translateError }),
    isDatabaseAway: isTransientDatabaseError,
  });
  await nest.init();
  return {
    app: nest,
    config,
    database: nest.get(Database),
    outbox,
    async stop() {
      await nest.close();
      await dropTestDatabases(databasePrefix);
    },
  };
}
