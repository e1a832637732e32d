import { isIP } from 'node:net';

import type { Request } from 'express';

import { HOST } from './refuse-foreign.js';

/** Headers of proxies: a request with one of them comes from somewhere else, whatever its connection says. */
const FORWARDED = ['forwarded', 'via', 'x-real-ip'];

/**
 * Whether a request comes over a loopback connection, by a loopback name, and with no header of a proxy. A proxy on this machine that
 * adds no header can't be told from a program here, if it asks for `localhost` itself (nginx by `proxy_pass` alone) or its client does
 * (HAProxy without `forwardfor`): behind any proxy a service needs ADMIN_TOKEN.
 */
export function isFromThisMachine({ socket, headers }: Pick<Request, 'headers' | 'socket'>): boolean {
  const proxied = Object.keys(headers).some((name) => FORWARDED.includes(name) || name.startsWith('x-forwarded-'));
  return isLoopback(socket.remoteAddress) && isLoopbackName(headers.host) && !proxied;
}

/** By a `Host` header: `localhost`, or a loopback address. */
function isLoopbackName(host: string | undefined): boolean {
  const [, name = ''] = HOST.exec(host?.toLowerCase() ?? '') ?? [];
  return name === 'localhost' || isLoopback(name.replace(/^\[|\]$/g, ''));
}

/** 127.0.0.0/8, as IPv4 or mapped into IPv6, and ::1. Not what is gone: a closed socket has no address. */
export function isLoopback(address: string | undefined): boolean {
  const plain = address?.replace(/^::ffff:/i, '') ?? '';
  return plain === '::1' || (isIP(plain) === 4 && plain.startsWith('127.'));
}
