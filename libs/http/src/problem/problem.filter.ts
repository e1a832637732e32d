import { Catch, HttpException, Logger, NotFoundException } from '@nestjs/common';
import type { ArgumentsHost, ExceptionFilter } from '@nestjs/common';
import type { Request, Response } from 'express';

import { allowedMethods } from './allowed-methods.js';
import { outcomeUnknown } from './outcome-unknown.js';
import { ProblemError, UnavailableError } from './problem.errors.js';
import { PROBLEM_CONTENT_TYPE } from './problem.js';
import { toProblem } from './to-problem.js';

/** Names the problem behind an error of the application's own; `undefined`: it isn't one of those. */
export type TranslateError = (error: unknown) => ProblemError | undefined;

/**
 * The edge: every error of an HTTP request becomes problem details here, whether it comes from a handler, a guard, a
 * pipe, a middleware, the body parser or the router. Unexpected ones are logged, once, and tell the client nothing.
 */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  readonly #logger = new Logger('Http');

  constructor(
    private readonly expressApp: unknown,
    private readonly translate: TranslateError = () => undefined,
    private readonly isDatabaseAway: (error: unknown) => boolean = () => false,
  ) {}

  catch(error: unknown, host: ArgumentsHost): void {
    if (host.getType() !== 'http') throw error;
    const request = host.switchToHttp().getRequest<Request>();
    const response = host.switchToHttp().getResponse<Response>();
    const problem = this.#problemOf(error, request);
    if (problem.problem.status >= 500) this.#log(problem, error);
    this.#answer(problem, response);
  }

  /** An unknown outcome comes before the application's own: to it the lost connection may look like a failure. */
  #problemOf(error: unknown, request: Request): ProblemError {
    return (
      this.#wrongMethod(error, request) ??
      outcomeUnknown(error) ??
      this.translate(error) ??
      this.#databaseAway(error) ??
      toProblem(error)
    );
  }

  /** Not of an error that has its answer already, whatever caused it. */
  #databaseAway(error: unknown): ProblemError | undefined {
    if (error instanceof HttpException || !this.isDatabaseAway(error)) return undefined;
    return new UnavailableError('DATABASE_UNAVAILABLE', 'The database is away for a moment; try again.', 1, {
      cause: error,
    });
  }

  #answer({ problem, headers }: ProblemError, response: Response): void {
    if (response.headersSent) {
      response.destroy(); // half an answer must not look like a whole one
      return;
    }
    for (const name of ['Content-Length', 'ETag', 'Location', 'Preference-Applied']) response.removeHeader(name);
    response.status(problem.status).set(headers).set('Content-Type', PROBLEM_CONTENT_TYPE);
    response.send(JSON.stringify(problem));
  }

  /** Nest answers an unknown path and a known path with another method alike; HTTP has 405 for the second. */
  #wrongMethod(error: unknown, { path, method }: Request): ProblemError | undefined {
    if (!(error instanceof NotFoundException)) return undefined;
    const methods = allowedMethods(this.expressApp, path);
    if (methods.length === 0 || methods.includes(method)) return undefined;
    const headers = { Allow: methods.join(', ') };
    return new ProblemError(405, 'METHOD_NOT_ALLOWED', 'The resource does not support this method.', { headers });
  }

  #log({ problem }: ProblemError, error: unknown): void {
    const fields = { status: problem.status, code: problem.code, error };
    if (problem.status === 500) this.#logger.error('Request failed', fields);
    else this.#logger.warn('Request refused', fields);
  }
}
