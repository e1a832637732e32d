import { isTransientDatabaseError } from '@waybill/database';
import { startHttpService } from '@waybill/http';
import type { HttpService } from '@waybill/http';
import { MessageConsumer } from '@waybill/messaging';
import { createLogger, Metrics } from '@waybill/observability';

import { readShippingConfig } from './shipping.config.js';
import { ShippingModule } from './shipping.module.js';

/** Starts the shipping service; it stops by SIGTERM or SIGINT. @throws ConfigError, or what a dependency refuses with. */
export function bootstrap(env: NodeJS.ProcessEnv): Promise<HttpService> {
  const config = readShippingConfig(env);
  return startHttpService(ShippingModule.forRoot(config), {
    port: config.port,
    host: config.host,
    allowedHosts: config.allowedHosts,
    allowedOrigins: config.allowedOrigins,
    logger: createLogger({ service: 'shipping', level: config.logLevel }),
    openApi: {
      title: 'Waybill shipping service',
      version: config.serviceVersion,
      description: 'Books shipments and cancels them',
    },
    http: (app) => ({
      admin: { token: config.adminToken, paths: ['/shipments'] },
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
