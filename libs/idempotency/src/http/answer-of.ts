import type { Response } from 'express';

import type { StoredAnswer } from './stored-answer.js';

/** Names and values of the headers that an answer has so far. */
export type Headers = Readonly<Record<string, string>>;

export function headersOf(response: Response): Headers {
  const headers: Record<string, string> = {};
  for (const name of response.getHeaderNames()) headers[name] = String(response.getHeader(name));
  return headers;
}

/** Takes back the headers that were added to `before`. */
export function forgetHeaders(response: Response, before: Headers): void {
  for (const name of response.getHeaderNames()) if (before[name] === undefined) response.removeHeader(name);
}

/**
 * The answer that a handler has made: what it returned, its status, and the headers it added to `before`. Those that
 * every answer gets afresh, such as a correlation id, were there before.
 */
export function answerOf(result: unknown, response: Response, before: Headers): StoredAnswer {
  const type = typeof result === 'string' ? 'text/plain; charset=utf-8' : 'application/json; charset=utf-8';
  const text = typeof result === 'string' ? result : (JSON.stringify(result) ?? '');
  const headers: Record<string, string> = { 'content-type': before['content-type'] ?? type };
  for (const [name, value] of Object.entries(headersOf(response))) if (before[name] !== value) headers[name] = value;
  return { status: response.statusCode, headers, body: Buffer.from(text) };
}

/** Puts status and headers on the response and gives the body for Nest to send. */
export function send({ status, headers, body }: StoredAnswer, response: Response): string {
  response.status(status).set(headers);
  return body.toString();
}
