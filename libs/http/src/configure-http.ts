import type { Server } from 'node:http';

import { Logger } from '@nestjs/common';
import type { NestExpressApplication } from '@nestjs/platform-express';
import type { Metrics } from '@waybill/observability';

import { ProblemFilter } from './problem/problem.filter.js';
import type { TranslateError } from './problem/problem.filter.js';
import { checkUrl } from './request/check-url.js';
import { correlate } from './request/correlation.js';
import { acceptJsonBodies } from './request/json-body.js';
import { requireToken } from './request/require-token.js';
import { answerClientErrors } from './service/answer-client-errors.js';
import { closeGracefully } from './service/close-gracefully.js';
import { measureRequests } from './service/request-metrics.js';
import { StrictValidationPipe } from './validation/strict-validation.pipe.js';

export interface HttpOptions {
  /** Largest body in bytes; a larger one is answered 413. @default 102400 */
  readonly bodyLimitBytes?: number;
  /** Names the problem behind errors of the application's own, such as its domain's. */
  readonly translateError?: TranslateError;
  /** Whether nothing was done because the database is away: 503 `DATABASE_UNAVAILABLE`. @default never */
  readonly isDatabaseAway?: (error: unknown) => boolean;
  /** Who may use `/admin`, by path, whatever serves it. @default anyone, without a word */
  readonly admin?: AdminAccess;
  /** Measures each request, if given. */
  readonly metrics?: Metrics;
  /** Most that requests in flight get to end at shutdown, in milliseconds. @default 10000 */
  readonly closeDeadlineMs?: number;
}

export interface AdminAccess {
  /** Demanded as `Authorization: Bearer <token>`; empty = open to anyone, which is said in the log. */
  readonly token: string;
}

/** Longer than the idle time of usual clients and load balancers: else they send into a connection that just closed. */
const KEEP_ALIVE_MS = 65_000;

/**
 * Gives an application the HTTP behaviour of this lib: JSON bodies only, strict validation, problem details for every
 * error, a correlation id for every request, a graceful close. Call it before `init` or `listen`, on an application that
 * was created with `{ bodyParser: false }`.
 */
export function configureHttp(app: NestExpressApplication, options: HttpOptions = {}): void {
  const server: Server = app.getHttpServer();
  closeGracefully(server, options.closeDeadlineMs);
  answerClientErrors(server);
  server.keepAliveTimeout = KEEP_ALIVE_MS;
  server.headersTimeout = KEEP_ALIVE_MS + 1000;

  app.disable('x-powered-by');
  app.disable('etag');
  app.set('query parser', 'simple'); // 'extended' builds objects and arrays out of names
  app.use(correlate);
  if (options.metrics) app.use(measureRequests(options.metrics));
  app.use(checkUrl);
  if (options.admin) guardAdmin(app, options.admin);
  acceptJsonBodies(app, options.bodyLimitBytes ?? 102_400);
  app.useGlobalPipes(new StrictValidationPipe());
  app.useGlobalFilters(
    new ProblemFilter(app.getHttpAdapter().getInstance(), options.translateError, options.isDatabaseAway),
  );
}

/** Before bodies are read: nobody without the token makes the service parse anything. */
function guardAdmin(app: NestExpressApplication, { token }: AdminAccess): void {
  if (token === '') new Logger('Http').warn('ADMIN_TOKEN is not set: /admin is open to anyone');
  else app.use('/admin', requireToken(token));
}
