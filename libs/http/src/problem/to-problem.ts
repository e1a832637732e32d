import { HttpException } from '@nestjs/common';

import { ProblemError } from './problem.errors.js';
import type { ProblemOptions } from './problem.errors.js';
import type { FieldFault } from './problem.js';

const CODES: Readonly<Record<number, string>> = {
  400: 'BAD_REQUEST',
  401: 'UNAUTHORIZED',
  403: 'FORBIDDEN',
  404: 'NOT_FOUND',
  405: 'METHOD_NOT_ALLOWED',
  406: 'NOT_ACCEPTABLE',
  408: 'REQUEST_TIMEOUT',
  409: 'CONFLICT',
  413: 'BODY_TOO_LARGE',
  415: 'UNSUPPORTED_MEDIA_TYPE',
  422: 'UNPROCESSABLE',
  429: 'TOO_MANY_REQUESTS',
  503: 'UNAVAILABLE',
};

/** What the body parser says (`error.type`), as this service says it. */
const BODY_ERRORS: Readonly<Record<string, readonly [status: number, code: string, detail: string]>> = {
  'entity.parse.failed': [400, 'MALFORMED_JSON', 'The body is not valid JSON.'],
  'entity.verify.failed': [400, 'MALFORMED_JSON', 'The body is not valid UTF-8.'],
  'entity.too.large': [413, 'BODY_TOO_LARGE', 'The body is larger than this service accepts.'],
  'encoding.unsupported': [415, 'UNSUPPORTED_MEDIA_TYPE', 'The Content-Encoding is not supported.'],
  'charset.unsupported': [415, 'UNSUPPORTED_MEDIA_TYPE', 'The charset is not supported; send UTF-8.'],
  'request.aborted': [400, 'REQUEST_ABORTED', 'The request ended before its body did.'],
  'request.size.invalid': [400, 'MALFORMED_BODY', 'The body is not as long as Content-Length says.'],
};

const INTERNAL = 'The request could not be processed; the correlation id in the X-Correlation-Id header finds it.';

/** Turns whatever was thrown into problem details. What isn't meant for a client becomes a bare 500. */
export function toProblem(error: unknown): ProblemError {
  if (error instanceof ProblemError) return error;
  const fromParser = bodyError(error) ?? bodyError(error instanceof Error ? error.cause : undefined);
  if (fromParser) return fromParser;
  if (error instanceof HttpException) return fromHttpException(error);
  const status = statusOf(error);
  if (status !== undefined)
    return new ProblemError(status, CODES[status] ?? 'BAD_REQUEST', 'The request is malformed.');
  return new ProblemError(500, 'INTERNAL_ERROR', INTERNAL, { cause: error });
}

function bodyError(error: unknown): ProblemError | undefined {
  if (!(error instanceof Error) || !('type' in error) || typeof error.type !== 'string') return undefined;
  if (!Object.hasOwn(BODY_ERRORS, error.type)) return undefined;
  const known = BODY_ERRORS[error.type];
  return known && new ProblemError(known[0], known[1], known[2], { cause: error });
}

/** A lib that doesn't know this one throws an HttpException with `{ code, detail, errors? }`, and `headers` on the error. */
function fromHttpException(error: HttpException): ProblemError {
  const status = error.getStatus();
  const response: unknown = error.getResponse();
  const given = typeof response === 'object' && response !== null ? response : {};
  const options: ProblemOptions = { cause: error, headers: headersOf(error) };
  if ('code' in given && typeof given.code === 'string') {
    const detail = 'detail' in given && typeof given.detail === 'string' ? given.detail : error.message;
    const errors = 'errors' in given ? faultsIn(given.errors) : [];
    return new ProblemError(status, given.code, detail, errors.length > 0 ? { ...options, errors } : options);
  }
  const code = CODES[status] ?? (status >= 500 ? 'INTERNAL_ERROR' : 'BAD_REQUEST');
  return new ProblemError(status, code, status >= 500 ? INTERNAL : error.message, options);
}

function faultsIn(errors: unknown): readonly FieldFault[] {
  return Array.isArray(errors) ? errors.filter(isFieldFault) : [];
}

function isFieldFault(fault: unknown): fault is FieldFault {
  if (typeof fault !== 'object' || fault === null) return false;
  return ['pointer', 'code', 'message'].every((name) => typeof Reflect.get(fault, name) === 'string');
}

function headersOf(error: HttpException): Readonly<Record<string, string>> {
  if (!('headers' in error) || typeof error.headers !== 'object' || error.headers === null) return {};
  return Object.fromEntries(Object.entries(error.headers).map(([name, value]) => [name, String(value)]));
}

/** Express' own errors (`http-errors`): a client's fault says so by its status. */
function statusOf(error: unknown): number | undefined {
  if (!(error instanceof Error) || !('status' in error) || typeof error.status !== 'number') return undefined;
  return error.status >= 400 && error.status < 500 ? error.status : undefined;
}
