import { Inject, Injectable } from '@nestjs/common';
import type { CanActivate, ExecutionContext } from '@nestjs/common';
import { isFromThisMachine, isOwnOrigin, ProblemError } from '@waybill/http';
import type { Request } from 'express';

import { CONSOLE_OPTIONS } from '../console-options.js';
import type { ConsoleOptions } from '../console-options.js';
import { openSession } from './session.js';
import type { Role, SessionKeys } from './session.js';

export const COOKIE = 'waybill_console';
/** A page of another site can't send it without asking first, and nobody here says yes. */
export const OWN_HEADER = 'x-waybill-console';

/**
 * Who may do what through the console. It holds the admin token, so it must be no way around it, and a page of another site must
 * not act through the browser of an operator: see {@link ConsoleAccess.refuseForeign}.
 */
@Injectable()
export class ConsoleAccess {
  constructor(@Inject(CONSOLE_OPTIONS) private readonly options: ConsoleOptions) {}

  get keys(): SessionKeys {
    return { adminToken: this.options.adminToken, readToken: this.options.readToken ?? '' };
  }

  /** Whether people have to say a token. Without one, only this machine is answered. */
  get needsToken(): boolean {
    return this.options.adminToken !== '';
  }

  /** As far as anyone gets: where nobody may change anything, an operator is a reader. */
  limited(role: Role): Role {
    return this.options.readOnly === true ? 'reader' : role;
  }

  /** @throws ProblemError 401 SIGN_IN, 403 THIS_MACHINE_ONLY */
  roleOf(request: Request): Role {
    if (!this.needsToken) {
      if (isFromThisMachine(request)) return this.limited('operator');
      const detail = 'Without ADMIN_TOKEN the console answers connections of its own machine alone.';
      throw new ProblemError(403, 'THIS_MACHINE_ONLY', detail);
    }
    const role = openSession(cookieOf(request) ?? '', this.keys, Date.now());
    if (role !== undefined) return this.limited(role);
    throw new ProblemError(401, 'SIGN_IN', 'The console needs a token: ADMIN_TOKEN, or CONSOLE_READ_TOKEN to look.');
  }

  /**
   * Refuses what a page of another site has sent, of a shop in ALLOWED_ORIGINS, too: browsers say which site a request comes from,
   * and let no other site send the console's own header. DNS rebinding ends at the `Host` that the service isn't known by.
   * @throws ProblemError 403 FOREIGN_ORIGIN
   */
  refuseForeign({ headers }: Request, isStream: boolean): void {
    const { origin, host = '' } = headers;
    const site = headers['sec-fetch-site'] ?? 'same-origin'; // old browsers and programs don't say
    const isOwn = site === 'same-origin' && (origin === undefined || isOwnOrigin(origin.toLowerCase(), host));
    // An EventSource can send no header; it reads, and another site isn't shown what.
    if (isOwn && (isStream || headers[OWN_HEADER] === '1')) return;
    throw new ProblemError(403, 'FOREIGN_ORIGIN', "Only the console's own page may ask this.");
  }
}

/** Of every part of the console's API. */
@Injectable()
export class FromOwnPage implements CanActivate {
  constructor(private readonly access: ConsoleAccess) {}

  canActivate(context: ExecutionContext): boolean {
    const request: Request = context.switchToHttp().getRequest();
    this.access.refuseForeign(request, request.method === 'GET' && request.path.endsWith('/live'));
    return true;
  }
}

/** Of what shows or changes anything: people who may look at least. */
@Injectable()
export class SignedIn implements CanActivate {
  constructor(private readonly access: ConsoleAccess) {}

  canActivate(context: ExecutionContext): boolean {
    this.access.roleOf(context.switchToHttp().getRequest());
    return true;
  }
}

function cookieOf({ headers }: Request): string | undefined {
  const pairs = (headers.cookie ?? '').split(';').map((pair) => pair.trim());
  return pairs.find((pair) => pair.startsWith(`${COOKIE}=`))?.slice(COOKIE.length + 1);
}
