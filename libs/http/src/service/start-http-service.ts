import type { AddressInfo } from 'node:net';

import type { DynamicModule, Type } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { NestLogger } from '@waybill/observability';
import type { Logger } from '@waybill/observability';

import { configureHttp } from '../configure-http.js';
import type { HttpOptions } from '../configure-http.js';
import { Shutdown } from '../health/shutdown.js';
import type { OpenApiOptions } from '../openapi/describe-api.js';
import { setupOpenApi } from '../openapi/setup-openapi.js';
import { exitOnSignals } from './exit-on-signals.js';
import { HttpAdapter } from './http-adapter.js';
import type { HttpLimits } from './http-adapter.js';

export interface HttpServiceOptions extends Omit<HttpOptions, 'metrics'>, HttpLimits {
  /** 0: a free one. */
  readonly port: number;
  /** The interface: a name or an address. @default 127.0.0.1 */
  readonly host?: string;
  readonly logger: Logger;
  /** @default nothing describes the application */
  readonly openApi?: OpenApiOptions;
  /** From the signal to the end of the process, whatever hangs. @default 20000 */
  readonly exitDeadlineMs?: number;
  /** Runs before the port opens: connect the consumers here (`connectMicroservice`, `startAllMicroservices`). */
  readonly prepare?: (app: NestExpressApplication) => void | Promise<void>;
  /** Options that need the application's providers, such as `metrics`. */
  readonly http?: (app: NestExpressApplication) => HttpOptions;
}

export interface HttpService {
  readonly app: NestExpressApplication;
  readonly port: number;
  /** Drains and closes everything; also done on SIGTERM and SIGINT. */
  close(): Promise<void>;
}

/**
 * Starts a service: application, HTTP behaviour, OpenAPI, whatever `prepare` connects, then the port. On SIGTERM or
 * SIGINT it stops being ready, drains and exits with 0; with 1 when that takes longer than the deadline.
 * @throws what the boot threw, after closing what had been opened.
 */
export async function startHttpService(
  module: Type | DynamicModule,
  options: HttpServiceOptions,
): Promise<HttpService> {
  const app = await NestFactory.create<NestExpressApplication>(module, new HttpAdapter(options), {
    bodyParser: false,
    abortOnError: false,
    logger: new NestLogger(options.logger),
  });
  const shutdown = app.get(Shutdown, { strict: false }); // HealthModule must be imported: fail now, not at the end
  const close = async (): Promise<void> => {
    shutdown.begin();
    await app.close();
  };
  try {
    configureHttp(app, { ...options, ...options.http?.(app) });
    if (options.openApi) setupOpenApi(app, options.openApi);
    await options.prepare?.(app);
    await app.listen(options.port, options.host ?? '127.0.0.1');
  } catch (error) {
    await close().catch((closing: unknown) => options.logger.error({ error: closing }, 'Closing after a failed start'));
    throw error;
  }
  const address = app.getHttpServer().address() as AddressInfo; // it listens on TCP
  exitOnSignals(close, { logger: options.logger, deadlineMs: options.exitDeadlineMs ?? 20_000 });
  options.logger.info({ port: address.port, host: address.address }, 'Service listens');
  return { app, port: address.port, close };
}
