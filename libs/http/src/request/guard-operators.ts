import { isIP } from 'node:net';

import type { NextFunction, Request, Response } from 'express';

import { ProblemError } from '../problem/problem.errors.js';
import { requireToken } from './require-token.js';

export interface AdminAccess {
  /** Demanded as `Authorization: Bearer <token>`; empty: only connections of this machine are answered. */
  readonly token: string;
  /** What is the operators' beside `/admin` and `/metrics`, as Express writes paths, with everything below them. @default none */
  readonly paths?: readonly string[];
}

/** The operators' in every service. */
export const OPERATORS_PATHS = ['/admin', '/metrics'];

type Middleware = (request: Request, response: Response, next: NextFunction) => void;

/** Headers of proxies: a request with one of them comes from somewhere else, whatever its connection says. */
const FORWARDED = ['forwarded', 'via', 'x-real-ip'];

/** Middleware for what is the operators': with a token anyone who sends it, without one this machine alone. */
export function guardOperators({ token }: AdminAccess): Middleware {
  return token === '' ? requireThisMachine : requireToken(token);
}

/** Refuses (403) what doesn't come from this machine. The connection says where it comes from; headers can be forged. */
function requireThisMachine({ socket, headers }: Request, _response: Response, next: NextFunction): void {
  const proxied = Object.keys(headers).some((name) => FORWARDED.includes(name) || name.startsWith('x-forwarded-'));
  const detail = 'Without ADMIN_TOKEN this answers connections of its own machine alone.';
  next(isLoopback(socket.remoteAddress) && !proxied ? undefined : new ProblemError(403, 'THIS_MACHINE_ONLY', detail));
}

/** 127.0.0.0/8, as IPv4 or mapped into IPv6, and ::1. Not what is gone: a closed socket has no address. */
export function isLoopback(address: string | undefined): boolean {
  const plain = address?.replace(/^::ffff:/i, '') ?? '';
  return plain === '::1' || (isIP(plain) === 4 && plain.startsWith('127.'));
}
