import type { INestApplication, Type } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { MessageContract } from '@waybill/messaging';
import { MetricsModule } from '@waybill/observability';

import { benchModule, prepareConsumer } from '../shared/bench-module.js';
import type { Place } from '../shared/infrastructure.js';

/** A service that consumes once its microservices are started. */
export async function consumingService(
  place: Place,
  database: string,
  contract: MessageContract,
  controller: Type,
): Promise<INestApplication> {
  const module = benchModule(place, database, contract, controller, [MetricsModule.forRoot()]);
  const app = await NestFactory.create(module, { logger: ['error'] });
  await prepareConsumer(app);
  return app;
}
