import { STATUS_CODES } from 'node:http';

import { HttpException } from '@nestjs/common';

export type HttpIdempotencyErrorCode =
  | 'IDEMPOTENCY_KEY_INVALID'
  | 'IDEMPOTENCY_KEY_REUSED'
  | 'IDEMPOTENCY_KEY_IN_FLIGHT'
  | 'OUTCOME_UNKNOWN';

/** An answer that the Idempotency-Key itself causes. The body is problem details (RFC 9457). */
export class HttpIdempotencyError extends HttpException {
  override readonly name = 'HttpIdempotencyError';

  constructor(
    status: number,
    readonly code: HttpIdempotencyErrorCode,
    detail: string,
    /** Headers of the answer; `@waybill/http` sets them. */
    readonly headers: Readonly<Record<string, string>> = {},
    cause?: unknown,
  ) {
    super({ type: 'about:blank', title: STATUS_CODES[status], status, code, detail }, status, { cause });
    this.message = `${code}: ${detail}`;
  }
}

/** 400: the header isn't 1 to 255 visible ASCII characters. */
export const invalidKey = () =>
  new HttpIdempotencyError(
    400,
    'IDEMPOTENCY_KEY_INVALID',
    'Idempotency-Key must be 1 to 255 visible ASCII characters, without blanks, and given once.',
  );

/** 422: the key belongs to a request with another body. */
export const reusedKey = () =>
  new HttpIdempotencyError(
    422,
    'IDEMPOTENCY_KEY_REUSED',
    'This Idempotency-Key was used for a request with another body or query; a new request needs a new key.',
  );

/** 409: the first request with the key hasn't ended. */
export const keyInFlight = () =>
  new HttpIdempotencyError(
    409,
    'IDEMPOTENCY_KEY_IN_FLIGHT',
    'A request with this Idempotency-Key is being processed; ask again for its answer.',
    { 'Retry-After': '1' },
  );

/** 503: the connection was lost during COMMIT (F36), so nobody knows whether the request was carried out. */
export const outcomeUnknown = (hasKey: boolean, cause: unknown) =>
  new HttpIdempotencyError(
    503,
    'OUTCOME_UNKNOWN',
    hasKey
      ? 'Whether the request was carried out is unknown. Send it again with the same Idempotency-Key: it is answered as the first time, or carried out now.'
      : 'Whether the request was carried out is unknown. Look for its effect before sending it again; with an Idempotency-Key it could be repeated safely.',
    { 'Retry-After': '1' },
    cause,
  );
