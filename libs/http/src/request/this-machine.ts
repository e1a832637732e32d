import { isIP } from 'node:net';

import type { Request } from 'express';

/** Headers of proxies: a request with one of them comes from somewhere else, whatever its connection says. */
const FORWARDED = ['forwarded', 'via', 'x-real-ip'];

/** Whether a request comes from this machine and by no proxy. The connection says where it comes from; headers can be forged. */
export function isFromThisMachine({ socket, headers }: Pick<Request, 'headers' | 'socket'>): boolean {
  const proxied = Object.keys(headers).some((name) => FORWARDED.includes(name) || name.startsWith('x-forwarded-'));
  return isLoopback(socket.remoteAddress) && !proxied;
}

/** 127.0.0.0/8, as IPv4 or mapped into IPv6, and ::1. Not what is gone: a closed socket has no address. */
export function isLoopback(address: string | undefined): boolean {
  const plain = address?.replace(/^::ffff:/i, '') ?? '';
  return plain === '::1' || (isIP(plain) === 4 && plain.startsWith('127.'));
}
