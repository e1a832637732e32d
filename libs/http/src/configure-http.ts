import type { Server } from 'node:http';

import type { NestExpressApplication } from '@nestjs/platform-express';
import type { Metrics } from '@waybill/observability';

import { ProblemFilter } from './problem/problem.filter.js';
import type { TranslateError } from './problem/problem.filter.js';
import { checkUrl } from './request/check-url.js';
import { correlate } from './request/correlation.js';
import { guardOperators, OPERATORS_PATHS } from './request/guard-operators.js';
import type { AdminAccess } from './request/guard-operators.js';
import { acceptJsonBodies } from './request/json-body.js';
import { refuseExpectations, takeExpectations } from './request/refuse-expectations.js';
import { refuseForeign } from './request/refuse-foreign.js';
import type { KnownNames } from './request/refuse-foreign.js';
import { secureHeaders } from './request/security-headers.js';
import { answerClientErrors } from './service/answer-client-errors.js';
import { closeGracefully } from './service/close-gracefully.js';
import { Connections, dropCut } from './service/connections.js';
import { measureRequests } from './service/request-metrics.js';
import { StrictValidationPipe } from './validation/strict-validation.pipe.js';

export interface HttpOptions extends KnownNames {
  /** Largest body in bytes; a larger one is answered 413. @default 102400 */
  readonly bodyLimitBytes?: number;
  /** Names the problem behind errors of the application's own, such as its domain's. */
  readonly translateError?: TranslateError;
  /** Whether nothing was done because the database is away: 503 `DATABASE_UNAVAILABLE`. @default never */
  readonly isDatabaseAway?: (error: unknown) => boolean;
  /** Who may use `/admin`, `/metrics` and what else is the operators', by path, whatever serves it. @default this machine alone */
  readonly admin?: AdminAccess;
  /** Measures each request, if given. */
  readonly metrics?: Metrics;
  /** Most that requests in flight get to end at shutdown, in milliseconds. @default 10000 */
  readonly closeDeadlineMs?: number;
}

/**
 * Gives an application the HTTP behaviour of this lib: JSON bodies only, strict validation, problem details for every
 * error, a correlation id for every request, a graceful close. Call it before `init` or `listen`, on an application that
 * was created with an `HttpAdapter` and `{ bodyParser: false }`.
 */
export function configureHttp(app: NestExpressApplication, options: HttpOptions = {}): void {
  const server: Server = app.getHttpServer();
  closeGracefully(server, new Connections(server), options.closeDeadlineMs);
  answerClientErrors(server);
  takeExpectations(server);

  app.disable('x-powered-by');
  app.disable('etag');
  app.set('query parser', 'simple'); // 'extended' builds objects and arrays out of names
  app.use(dropCut);
  app.use(correlate);
  app.use(secureHeaders);
  if (options.metrics) app.use(measureRequests(options.metrics));
  app.use(refuseForeign(options));
  app.use(refuseExpectations);
  app.use(checkUrl);
  const { token = '', paths = [] } = options.admin ?? {};
  // Before bodies are read: nobody without the token makes the service parse anything.
  app.use([...OPERATORS_PATHS, ...paths], guardOperators({ token }));
  acceptJsonBodies(app, options.bodyLimitBytes ?? 102_400);
  app.useGlobalPipes(new StrictValidationPipe());
  app.useGlobalFilters(
    new ProblemFilter(app.getHttpAdapter().getInstance(), options.translateError, options.isDatabaseAway),
  );
}
