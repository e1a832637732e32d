import { All, Controller, Headers, Param, Req, Res, UseGuards } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import { NotFoundError, ProblemError } from '@waybill/http';
import type { Request, Response } from 'express';

import { ConsoleAccess, FromOwnPage } from '../access/console-access.js';
import type { Role } from '../access/session.js';
import { Gateway, LAB } from './gateway.js';
import { roleFor } from './routes.js';

const PREFIX = /^\/console\/api\/services\/[^/]+/;
const API = '/console/api';

/** Passes on what the page asks of a service, or of the lab, within what the person may do. */
@ApiExcludeController()
@UseGuards(FromOwnPage)
@Controller('console/api')
export class GatewayController {
  constructor(
    private readonly access: ConsoleAccess,
    private readonly gateway: Gateway,
  ) {}

  @All('services/:service/*path')
  pass(
    @Param('service') service: string,
    @Headers('idempotency-key') idempotencyKey: string | undefined,
    @Req() request: Request,
    @Res() response: Response,
  ): Promise<void> {
    const path = request.path.replace(PREFIX, '');
    const needed = service === LAB ? undefined : roleFor(request.method, path);
    return this.#pass({ service, path, needed, idempotencyKey }, request, response);
  }

  @All('lab/*path')
  passToLab(@Req() request: Request, @Res() response: Response): Promise<void> {
    const path = request.path.slice(API.length);
    const needed = roleFor(request.method, path, 'lab');
    return this.#pass({ service: LAB, path, needed, idempotencyKey: undefined }, request, response);
  }

  async #pass({ service, path, needed, idempotencyKey }: Passed, request: Request, response: Response): Promise<void> {
    const role = this.access.roleOf(request);
    if (needed === undefined) throw new NotFoundError('NOT_PASSED_ON', 'The console passes on nothing like this.');
    if (needed === 'operator' && role === 'reader') {
      throw new ProblemError(403, 'READ_ONLY', 'This session may look, and change nothing.');
    }
    const gone = goneSignal(response);
    try {
      const answer = await this.gateway.ask(service, {
        method: request.method,
        path: `${path}${queryOf(request.originalUrl)}`,
        ...(request.method === 'POST' ? { body: request.body === undefined ? {} : (request.body as unknown) } : {}),
        idempotencyKey,
        signal: gone,
      });
      response.status(answer.status).type(answer.contentType).send(answer.body);
    } catch (error) {
      if (!gone.aborted) throw error; // the page has gone, and needs no answer
    }
  }
}

interface Passed {
  readonly service: string;
  readonly path: string;
  /** `undefined`: nobody may. */
  readonly needed: Role | undefined;
  readonly idempotencyKey: string | undefined;
}

/** As it came: the service checks it. */
function queryOf(url: string): string {
  const at = url.indexOf('?');
  return at < 0 ? '' : url.slice(at);
}

/** Nobody waits for a page that has gone; what changes something is seen through all the same. */
function goneSignal(response: Response): AbortSignal {
  const gone = new AbortController();
  if (response.req.method === 'GET') response.once('close', () => gone.abort());
  return gone.signal;
}
