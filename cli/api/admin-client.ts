import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';

import type { ServiceName } from '@waybill/contracts';

import { CliError, ProblemAnswerError } from '../cli.errors.js';
import { type Decode, DecodeError } from './decode.js';
import { problemDetail } from './problem-detail.js';
import type { ServiceAddress } from './services.js';

export type Query = Readonly<Record<string, string | number | readonly string[] | undefined>>;

export interface ClientOptions {
  readonly token: string | undefined;
  /** How long a service may take to answer, in milliseconds; what a call waits for on purpose comes on top. */
  readonly timeoutMs: number;
}

/** Before a call is repeated. */
const PAUSES_MS = [500, 2000, 5000];

/** A status and a body of whatever kind, for callers to whom an error is an answer too. */
export interface Probe {
  readonly status: number;
  readonly body: unknown;
  /** The service's clock, in milliseconds since 1970, to the second; undefined if it doesn't say. */
  readonly dateMs: number | undefined;
  /** By which the service's log knows the request. */
  readonly correlationId: string | undefined;
  readonly sentAtMs: number;
  readonly receivedAtMs: number;
}

/** The admin API of one service. Every error it throws is a CliError that names the service. */
export class AdminClient {
  readonly service: ServiceName;
  readonly url: string;
  /** Of this command, and so of each thing that it does: its requests are counted. */
  readonly #key = randomUUID();
  #acts = 0;
  #wasReached = false;

  constructor(
    { service, url }: ServiceAddress,
    private readonly options: ClientOptions,
  ) {
    this.service = service;
    this.url = url;
  }

  get<T>(path: string, decode: Decode<T>, query: Query = {}): Promise<T> {
    return this.read(`/admin${path}${search(query)}`, decode);
  }

  /** What the service has for everybody, or by a path as another answer gave it. */
  read<T>(path: string, decode: Decode<T>, query: Query = {}): Promise<T> {
    const ask = async () => this.#decoded(await this.probe(`${path}${search(query)}`), decode);
    return repeating(ask, (error) => this.#wasReached && leavesOpen(error) && !isTooLate(error));
  }

  /** Asks by a POST, for what changes nothing or may happen twice. */
  post<T>(path: string, body: object, decode: Decode<T>): Promise<T> {
    return this.#post(path, body, decode, {}, 0);
  }

  /**
   * Does something, once: a call whose answer got lost, or that leaves open whether it was done, is repeated with its
   * Idempotency-Key, and gets the answer that it would have got.
   * @param waitMs how long the call waits for outcomes, beside the usual time
   */
  async act<T>(path: string, body: object, decode: Decode<T>, waitMs = 0): Promise<T> {
    const headers = { 'idempotency-key': `${this.#key}.${++this.#acts}` };
    return repeating(
      () => this.#post(path, body, decode, headers, waitMs),
      (error) => leavesOpen(error) && (this.#wasReached || !isNobodyThere(error)),
    );
  }

  async #post<T>(
    path: string,
    body: object,
    decode: Decode<T>,
    headers: Readonly<Record<string, string>>,
    waitMs: number,
  ): Promise<T> {
    const init = {
      method: 'POST',
      body: JSON.stringify(body),
      headers: { 'content-type': 'application/json', ...headers },
    };
    return this.#decoded(await this.probe(`/admin${path}`, init, waitMs), decode);
  }

  /** @throws CliError UNREACHABLE if there is no answer; any status is one. */
  async probe(path: string, init: RequestInit = {}, waitMs = 0): Promise<Probe> {
    const headers = new Headers(init.headers);
    headers.set('accept', 'application/json');
    if (this.options.token !== undefined) headers.set('authorization', `Bearer ${this.options.token}`);
    const signal = AbortSignal.timeout(this.options.timeoutMs + waitMs);
    const sentAtMs = Date.now();
    try {
      const response = await fetch(`${this.url}${path}`, { ...init, headers, signal });
      const receivedAtMs = Date.now();
      this.#wasReached = true;
      const dateMs = Date.parse(response.headers.get('date') ?? '');
      return {
        status: response.status,
        body: parseJson(await response.text()),
        dateMs: Number.isNaN(dateMs) ? undefined : dateMs,
        correlationId: response.headers.get('x-correlation-id') ?? undefined,
        sentAtMs,
        receivedAtMs,
      };
    } catch (error) {
      throw this.#unreachable(error);
    }
  }

  #decoded<T>({ status, body, correlationId }: Probe, decode: Decode<T>): T {
    if (status >= 400) {
      const { code, detail } = problemDetail(status, body);
      const isUnexpected = code === 'INTERNAL_ERROR' && correlationId !== undefined;
      const told = isUnexpected
        ? `An error inside the service; its log has the reason, with the correlation id ${correlationId}.`
        : detail;
      throw new ProblemAnswerError(this.service, status, code, told);
    }
    try {
      return decode(body, '');
    } catch (error) {
      if (!(error instanceof DecodeError)) throw error;
      const why = `${this.service} at ${this.url} answered something else than its admin API should: ${error.message}. Is it a Waybill service of this version?`;
      throw new CliError('UNEXPECTED_ANSWER', why, { cause: error });
    }
  }

  #unreachable(error: unknown): CliError {
    const why = error instanceof Error && error.name === 'TimeoutError' ? 'no answer in time' : causeOf(error);
    return new CliError(
      'UNREACHABLE',
      `${this.service} can't be reached at ${this.url} (${why}). Is it running? Its address can be set by --url ${this.service}=… or ${this.service.toUpperCase()}_URL.`,
      { cause: error },
    );
  }
}

function search(query: Query): string {
  const parameters = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    if (value !== undefined) parameters.append(name, typeof value === 'object' ? value.join(',') : String(value));
  }
  const text = parameters.toString();
  return text === '' ? '' : `?${text}`;
}

function parseJson(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return body;
  }
}

/** Whether it may have been done. */
function leavesOpen(error: unknown): boolean {
  if (error instanceof ProblemAnswerError) {
    return error.problemCode === 'OUTCOME_UNKNOWN' || error.problemCode === 'IDEMPOTENCY_KEY_IN_FLIGHT';
  }
  return error instanceof CliError && error.code === 'UNREACHABLE';
}

/** A service that was there a moment ago is being restarted; another one isn't running. */
function isNobodyThere(error: unknown): boolean {
  return error instanceof CliError && ['ECONNREFUSED', 'ENOTFOUND'].includes(causeOf(error.cause));
}

/** Who waited that long once needn't wait again: what is asked changes nothing. */
function isTooLate(error: unknown): boolean {
  return error instanceof CliError && error.cause instanceof Error && error.cause.name === 'TimeoutError';
}

async function repeating<T>(call: () => Promise<T>, isWorthIt: (error: unknown) => boolean): Promise<T> {
  for (let attempt = 0; ; attempt++) {
    try {
      return await call();
    } catch (error) {
      const pauseMs = PAUSES_MS[attempt];
      if (pauseMs === undefined || !isWorthIt(error)) throw error;
      await sleep(pauseMs);
    }
  }
}

/** `fetch` hides the reason, such as ECONNREFUSED, in the cause. */
function causeOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if ('code' in error && typeof error.code === 'string') return error.code;
  return error.cause === undefined ? error.message : causeOf(error.cause);
}
