import type { NextFunction, Request, Response } from 'express';

import { ProblemError } from '../problem/problem.errors.js';

export interface KnownNames {
  /** What clients may call this service beside the names and the address of this machine; without a port: on any. */
  readonly allowedHosts?: readonly string[];
  /** Sites whose pages may send requests that change something, through a proxy of theirs that puts another `Host`. */
  readonly allowedOrigins?: readonly string[];
}

/** A host name, an IPv4 address or an IPv6 address in brackets, and maybe a port. */
export const HOST = /^([a-z\d](?:[a-z\d._-]{0,251}[a-z\d])?|\[[\da-f:.]{2,45}\])(?::(\d{1,5}))?$/i;
const ORIGIN = /^https?:\/\/[^\s/?#@]+$/i;

const THIS_MACHINE = ['localhost', '127.0.0.1', '[::1]'];
const SAFE = new Set(['GET', 'HEAD', 'OPTIONS', 'TRACE']);

/**
 * Middleware against pages of other sites in a user's browser. By DNS rebinding such a page reads what a service answers
 * under the page's own name: so a `Host` that this service isn't known by is refused (421). By a form or a `fetch` it sends
 * what the user could: so a request that may change something is refused (403) if its `Origin` is another site's. Probes
 * call a service by whatever address it has, so `/health` answers to any name.
 */
export function refuseForeign(names: KnownNames): (request: Request, response: Response, next: NextFunction) => void {
  const hosts = new Set([...THIS_MACHINE, ...(names.allowedHosts ?? [])].map((host) => host.toLowerCase()));
  const origins = new Set((names.allowedOrigins ?? []).map((origin) => origin.toLowerCase()));
  return (request, _response, next) => {
    next(
      /^\/health(?:\/|$)/.test(request.path) ? undefined : (hostFault(request, hosts) ?? originFault(request, origins)),
    );
  };
}

function hostFault({ headers, rawHeaders, socket }: Request, hosts: ReadonlySet<string>): ProblemError | undefined {
  const given = headers.host ?? '';
  const [host, name = ''] = HOST.exec(given.toLowerCase()) ?? [];
  if (host === undefined || timesGiven(rawHeaders, 'host') !== 1) {
    return new ProblemError(400, 'MALFORMED_REQUEST', 'A request needs one valid Host header.');
  }
  if (hosts.has(name) || hosts.has(host) || name === bracketed(socket.localAddress ?? '')) return undefined;
  return new ProblemError(
    421,
    'UNKNOWN_HOST',
    'This service is not known by the name in the Host header; see ALLOWED_HOSTS.',
  );
}

/** @param rawHeaders names and values in turn, as they came */
function timesGiven(rawHeaders: readonly string[], wanted: string): number {
  return rawHeaders.filter((name, index) => index % 2 === 0 && name.toLowerCase() === wanted).length;
}

/** An address as a URL has it: with no mapping of IPv4 into IPv6, which is the socket's affair. */
function bracketed(address: string): string {
  const plain = address.toLowerCase().replace(/^::ffff:(?=\d+\.)/, '');
  return plain.includes(':') ? `[${plain}]` : plain;
}

function originFault({ headers, method }: Request, origins: ReadonlySet<string>): ProblemError | undefined {
  const origin = headers.origin?.toLowerCase();
  if (origin === undefined || SAFE.has(method) || origins.has(origin) || isOwnOrigin(origin, headers.host ?? ''))
    return undefined;
  return new ProblemError(403, 'FOREIGN_ORIGIN', 'Pages of other sites may not do this; see ALLOWED_ORIGINS.');
}

/**
 * Whether an `Origin` is the service's own. A proxy that ends TLS hands on the `Host` and not the scheme: so a page of the same host
 * and port is.
 */
export function isOwnOrigin(origin: string, host: string): boolean {
  return ORIGIN.test(origin) && URL.canParse(origin) && sameHost(new URL(origin), host);
}

function sameHost(origin: URL, host: string): boolean {
  const own = `${origin.protocol}//${host}`;
  return URL.canParse(own) && new URL(own).host === origin.host;
}
