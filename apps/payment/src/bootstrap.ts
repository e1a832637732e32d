import { isTransientDatabaseError } from '@waybill/database';
import { startHttpService } from '@waybill/http';
import type { HttpService } from '@waybill/http';
import { MessageConsumer } from '@waybill/messaging';
import { createLogger, Metrics } from '@waybill/observability';

import { readPaymentConfig } from './payment.config.js';
import { PaymentModule } from './payment.module.js';

/** Starts the payment service; it stops by SIGTERM or SIGINT. @throws ConfigError, or what a dependency refuses with. */
export function bootstrap(env: NodeJS.ProcessEnv): Promise<HttpService> {
  const config = readPaymentConfig(env);
  return startHttpService(PaymentModule.forRoot(config), {
    port: config.port,
    host: config.host,
    allowedHosts: config.allowedHosts,
    allowedOrigins: config.allowedOrigins,
    logger: createLogger({ service: 'payment', level: config.logLevel }),
    openApi: {
      title: 'Waybill payment service',
      version: config.serviceVersion,
      description: 'Charges orders and refunds them',
    },
    http: (app) => ({
      admin: { token: config.adminToken, paths: ['/payments'] },
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
