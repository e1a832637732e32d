import { isTransientDatabaseError } from '@waybill/database';
import { startHttpService } from '@waybill/http';
import type { HttpService } from '@waybill/http';
import { MessageConsumer } from '@waybill/messaging';
import { createLogger, Metrics } from '@waybill/observability';

import { orderProblem } from './http/order-problems.js';
import { readOrderConfig } from './order.config.js';
import { OrderModule } from './order.module.js';

/** Starts the order service; it stops by SIGTERM or SIGINT. @throws ConfigError, or what a dependency refuses with. */
export function bootstrap(env: NodeJS.ProcessEnv): Promise<HttpService> {
  const config = readOrderConfig(env);
  return startHttpService(OrderModule.forRoot(config), {
    port: config.port,
    host: config.host,
    allowedHosts: config.allowedHosts,
    allowedOrigins: config.allowedOrigins,
    logger: createLogger({ service: 'order', level: config.logLevel }),
    openApi: {
      title: 'Waybill order service',
      version: config.serviceVersion,
      description: 'Takes orders and carries them to their end',
    },
    translateError: orderProblem,
    http: (app) => ({
      admin: { token: config.adminToken, paths: ['/sagas'] },
      metrics: app.get(Metrics, { strict: false }),
      isDatabaseAway: isTransientDatabaseError,
    }),
    prepare: async (app) => {
      app.connectMicroservice({ strategy: app.get(MessageConsumer, { strict: false }) }, { inheritAppConfig: false });
      await app.init(); // every module is ready before the first message is handled
      await app.startAllMicroservices();
    },
  });
}
