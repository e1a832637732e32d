import { STATUS_CODES } from 'node:http';

import { HttpException } from '@nestjs/common';

import type { FieldFault, Problem } from './problem.js';

export interface ProblemOptions {
  readonly errors?: readonly FieldFault[];
  /** Headers of the answer, such as `Retry-After`. */
  readonly headers?: Readonly<Record<string, string>>;
  readonly cause?: unknown;
}

/**
 * An answer with problem details. `detail` reaches the client: a constant text plus ids, no internals.
 * Extends Nest's HttpException, so that it keeps its status where another filter answers.
 */
export class ProblemError<Code extends string = string> extends HttpException {
  readonly headers: Readonly<Record<string, string>>;
  readonly problem: Problem & { readonly code: Code };

  constructor(status: number, code: Code, detail: string, options: ProblemOptions = {}) {
    const { errors, headers = {}, cause } = options;
    const title = STATUS_CODES[status] ?? 'Error';
    const problem = { type: 'about:blank', title, status, code, detail, ...(errors ? { errors } : {}) };
    super(problem, status, { cause });
    this.name = 'ProblemError';
    this.message = `${code}: ${detail}`;
    this.problem = problem;
    this.headers = headers;
  }
}

/** 400 with every invalid field named. */
export class ValidationError extends ProblemError<'VALIDATION_FAILED'> {
  constructor(errors: readonly FieldFault[]) {
    super(400, 'VALIDATION_FAILED', 'The request has invalid fields; see errors.', { errors });
  }
}

/** 404: the id is well-formed and unknown. */
export class NotFoundError<Code extends string> extends ProblemError<Code> {
  constructor(code: Code, detail: string, options?: ProblemOptions) {
    super(404, code, detail, options);
  }
}

/** 409: the request conflicts with the state of the resource. */
export class ConflictError<Code extends string> extends ProblemError<Code> {
  constructor(code: Code, detail: string, options?: ProblemOptions) {
    super(409, code, detail, options);
  }
}

/** 422: well-formed, and can't be done with these values. */
export class UnprocessableError<Code extends string> extends ProblemError<Code> {
  constructor(code: Code, detail: string, options?: ProblemOptions) {
    super(422, code, detail, options);
  }
}

/** 503: a dependency is away; the client may try again after `retryAfterSeconds`. Nothing was done, unless `code` and `detail` say so. */
export class UnavailableError<Code extends string> extends ProblemError<Code> {
  constructor(code: Code, detail: string, retryAfterSeconds = 1, options: ProblemOptions = {}) {
    super(503, code, detail, { ...options, headers: { 'Retry-After': String(retryAfterSeconds), ...options.headers } });
  }
}
