import { isTransientDatabaseError, OperatorQueryStoppedError } from '@waybill/database';
import { startHttpService, UnavailableError } from '@waybill/http';
import type { HttpService } from '@waybill/http';
import { MessageConsumer } from '@waybill/messaging';
import { createLogger, Metrics } from '@waybill/observability';

import { apiOptions } from './api-options.js';
import type { Environment, ServiceConfig } from './service-config.js';
import type { ServiceApp } from './service-options.js';

// #region start
/** Starts a service; it stops by SIGTERM or SIGINT. @throws ConfigError, or what a dependency refuses with. */
export function startService<Config extends ServiceConfig>(
  app: ServiceApp<Config>,
  env: Environment,
): Promise<HttpService> {
  const { name, operatorsPaths = [], translateError } = app.service;
  const config = app.readConfig(env);
  return startHttpService(app.forRoot(config), {
    port: config.port,
    host: config.host,
    allowedHosts: config.allowedHosts,
    allowedOrigins: config.allowedOrigins,
    logger: createLogger({ service: name, level: config.logLevel }),
    openApi: apiOptions(app.service, config),
    translateError: (error) => translateError?.(error) ?? operatorsProblem(error),
    http: (nest) => ({
      admin: { token: config.adminToken, paths: operatorsPaths },
      metrics: nest.get(Metrics, { strict: false }),
      isDatabaseAway: isTransientDatabaseError,
    }),
    prepare: async (nest) => {
      nest.connectMicroservice({ strategy: nest.get(MessageConsumer, { strict: false }) }, { inheritAppConfig: false });
      await nest.init(); // every module is ready before the first message is handled
      await nest.startAllMicroservices();
    },
  });
}
// #endregion

function operatorsProblem(error: unknown): UnavailableError<OperatorQueryStoppedError['code']> | undefined {
  if (!(error instanceof OperatorQueryStoppedError)) return undefined;
  return new UnavailableError(error.code, `${error.message}.`, 5, { cause: error });
}
