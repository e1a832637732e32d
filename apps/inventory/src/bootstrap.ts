import { isTransientDatabaseError } from '@waybill/database';
import { startHttpService } from '@waybill/http';
import type { HttpService } from '@waybill/http';
import { MessageConsumer } from '@waybill/messaging';
import { createLogger, Metrics } from '@waybill/observability';

import { INITIAL_CATALOGUE } from './domain/initial-catalogue.js';
import { translateError } from './http/translate-error.js';
import { readInventoryConfig } from './inventory.config.js';
import { InventoryModule } from './inventory.module.js';
import { PublishCatalogue } from './use-cases/publish-catalogue.js';

/** Starts the inventory service; it stops by SIGTERM or SIGINT. @throws ConfigError, or what a dependency refuses with. */
export function bootstrap(env: NodeJS.ProcessEnv): Promise<HttpService> {
  const config = readInventoryConfig(env);
  return startHttpService(InventoryModule.forRoot(config), {
    port: config.port,
    host: config.host,
    allowedHosts: config.allowedHosts,
    allowedOrigins: config.allowedOrigins,
    logger: createLogger({ service: 'inventory', level: config.logLevel }),
    openApi: {
      title: 'Waybill inventory service',
      version: config.serviceVersion,
      description: 'Owns the catalogue and the stock',
    },
    translateError,
    http: (app) => ({
      admin: { token: config.adminToken, paths: ['/stock/:sku/restock'] },
      metrics: app.get(Metrics, { strict: false }),
      isDatabaseAway: isTransientDatabaseError,
    }),
    prepare: async (app) => {
      app.connectMicroservice({ strategy: app.get(MessageConsumer, { strict: false }) }, { inheritAppConfig: false });
      await app.init(); // every module is ready before the first message is handled
      await app.get(PublishCatalogue, { strict: false }).execute(INITIAL_CATALOGUE);
      await app.startAllMicroservices();
    },
  });
}
