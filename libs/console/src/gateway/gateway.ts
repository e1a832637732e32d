import { Inject, Injectable } from '@nestjs/common';
import { NotFoundError, ProblemError } from '@waybill/http';

import { CONSOLE_OPTIONS } from '../console-options.js';
import type { ConsoleOptions, ConsoleService } from '../console-options.js';

export interface GatewayRequest {
  readonly method: string;
  /** With the query, as the service takes it. */
  readonly path: string;
  readonly body?: unknown;
  readonly idempotencyKey?: string | undefined;
  readonly signal?: AbortSignal;
}

export interface GatewayAnswer {
  readonly status: number;
  readonly contentType: string;
  readonly body: string;
}

/** Larger than any page of a list; what is larger isn't for a browser. */
const MOST_BYTES = 8_000_000;

/** What the lab is called here; no service is. */
export const LAB = 'lab';

interface Asked extends ConsoleService {
  readonly token: string;
}

/** Asks the services in the name of the console: adds the token, and takes nothing of theirs but status and text. */
@Injectable()
export class Gateway {
  constructor(@Inject(CONSOLE_OPTIONS) private readonly options: ConsoleOptions) {}

  get services(): readonly ConsoleService[] {
    return this.options.services;
  }

  /** @throws ProblemError 502 SERVICE_UNREACHABLE, 504 SERVICE_SILENT, 404 SERVICE_NOT_FOUND */
  async ask(service: string, { method, path, body, idempotencyKey, signal }: GatewayRequest): Promise<GatewayAnswer> {
    const { timeoutMs = 10_000 } = this.options;
    const { url, token } = this.#asked(service);
    const timeout = AbortSignal.timeout(timeoutMs);
    try {
      const response = await fetch(`${url.replace(/\/+$/, '')}${path}`, {
        method,
        redirect: 'error', // the token is for this service alone
        signal: signal ? AbortSignal.any([signal, timeout]) : timeout,
        headers: {
          accept: 'application/json',
          ...(token === '' ? {} : { authorization: `Bearer ${token}` }),
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
          ...(idempotencyKey === undefined ? {} : { 'idempotency-key': idempotencyKey }),
        },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
      return { status: response.status, contentType: jsonType(response), body: await textOf(response) };
    } catch (cause) {
      if (cause instanceof ProblemError) throw cause;
      if (timeout.aborted) {
        const detail = `${nameOf(service)} hasn't answered within ${timeoutMs / 1_000} s. What was asked may still happen.`;
        throw new ProblemError(504, 'SERVICE_SILENT', detail, { cause });
      }
      throw new ProblemError(502, 'SERVICE_UNREACHABLE', `${nameOf(service)} can't be reached.`, { cause });
    }
  }

  #asked(name: string): Asked {
    const { services, adminToken, lab } = this.options;
    if (name === LAB && lab !== undefined) return { name, ...lab };
    const service = services.find((each) => each.name === name);
    if (service !== undefined) return { ...service, token: adminToken };
    throw new NotFoundError('SERVICE_NOT_FOUND', 'The console knows no service of this name.');
  }
}

function nameOf(service: string): string {
  return service === LAB ? 'The lab' : `The ${service} service`;
}

/** Never a page: what a service answers is shown, not run. */
function jsonType({ headers }: Response): string {
  const isProblem = headers.get('content-type')?.startsWith('application/problem+json') === true;
  return `application/${isProblem ? 'problem+' : ''}json; charset=utf-8`;
}

async function textOf(response: Response): Promise<string> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of response.body ?? []) {
    const part = chunk as Uint8Array; // a stream of bytes
    bytes += part.length;
    if (bytes > MOST_BYTES) throw new ProblemError(502, 'ANSWER_TOO_LARGE', 'The answer is too large to be shown.');
    chunks.push(part);
  }
  return Buffer.concat(chunks).toString('utf8');
}
