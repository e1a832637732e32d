import { Controller } from '@nestjs/common';
import { Ctx, Payload } from '@nestjs/microservices';
import type { Statement, Transaction } from '@waybill/database';
import { DeadLetterAdminModule } from '@waybill/dlq';
import { HealthModule, startHttpService } from '@waybill/http';
import type { HttpService } from '@waybill/http';
import { MessageHandler } from '@waybill/messaging';
import type { MessageContext } from '@waybill/messaging';
import { createLogger } from '@waybill/observability';

import { benchModule, prepareConsumer } from '../shared/bench-module.js';
import type { Place } from '../shared/infrastructure.js';
import { contract } from './contract.js';

const insertEffect: Statement = { name: 'bench_effect', text: 'INSERT INTO effect DEFAULT VALUES' };

@Controller()
class BenchController {
  @MessageHandler(contract)
  async take(@Payload() _: unknown, @Ctx() { tx }: MessageContext<Transaction>): Promise<void> {
    await tx.query(insertEffect);
  }
}

/** A service with its admin API on a port of its own; its handler writes one row. */
export function replayService(place: Place, database: string): Promise<HttpService> {
  return startHttpService(
    benchModule(place, database, contract, BenchController, [DeadLetterAdminModule, HealthModule]),
    {
      port: 0,
      host: '127.0.0.1',
      logger: createLogger({ service: 'bench', level: 'error' }),
      openApi: { title: 'bench', version: '0', description: 'bench' },
      http: () => ({ admin: { token: '' } }),
      prepare: async (app) => {
        await prepareConsumer(app);
        await app.startAllMicroservices();
      },
    },
  );
}
