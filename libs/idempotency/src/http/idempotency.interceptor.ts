import { Injectable } from '@nestjs/common';
import type { CallHandler, ExecutionContext, NestInterceptor } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { AmbiguousCommitError, Database, SharedTransactions } from '@waybill/database';
import type { Transaction } from '@waybill/database';
import type { Request, Response } from 'express';
import { from, lastValueFrom } from 'rxjs';
import type { Observable } from 'rxjs';

import { answerOf, forgetHeaders, headersOf, send } from './answer-of.js';
import { fingerprintOf } from './fingerprint.js';
import { invalidKey, outcomeUnknown } from './http-idempotency.errors.js';
import { IDEMPOTENT } from './idempotent-options.js';
import type { IdempotentOptions } from './idempotent-options.js';
import { IdempotentRequests } from './idempotent-requests.js';
import type { IdempotentRequest } from './idempotent-requests.js';
import { withTransaction } from './request-transaction.js';
import type { StoredAnswer } from './stored-answer.js';

const KEY = /^[\x21-\x7e]{1,255}$/;

/** The work of `@Idempotent()`. Pipes run inside, so a body that they refuse leaves nothing behind. */
@Injectable()
export class IdempotencyInterceptor implements NestInterceptor {
  constructor(
    private readonly requests: IdempotentRequests,
    private readonly database: Database,
    private readonly shared: SharedTransactions,
    private readonly reflector: Reflector,
  ) {}

  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    return from(this.#answer(context, next));
  }

  async #answer(context: ExecutionContext, next: CallHandler): Promise<string> {
    const request = context.switchToHttp().getRequest<Request>();
    const response = context.switchToHttp().getResponse<Response>();
    const options = this.reflector.get<IdempotentOptions>(IDEMPOTENT, context.getHandler());
    const before = headersOf(response);
    const handle = (tx: Transaction): Promise<StoredAnswer> =>
      withTransaction(request, tx, async () => {
        forgetHeaders(response, before); // of an attempt that was rolled back with others
        return answerOf(await lastValueFrom(next.handle(), { defaultValue: undefined }), response, before);
      });

    const idempotent = idempotentRequest(request, options);
    if (!idempotent) {
      const transactions = options.sharesTransaction === true ? this.shared : undefined;
      const answering = transactions?.run(handle) ?? this.database.transaction(handle);
      return send(await sayingIfUnknown(answering, false), response);
    }
    const { answer, replayed } = await sayingIfUnknown(this.requests.run(idempotent, handle), true);
    if (replayed) response.setHeader('Idempotent-Replayed', 'true');
    return send(answer, response);
  }
}

/** An ambiguous commit is no failure: a client that took it for one would do its request twice (F36). */
async function sayingIfUnknown<Result>(answering: Promise<Result>, hasKey: boolean): Promise<Result> {
  try {
    return await answering;
  } catch (error) {
    throw error instanceof AmbiguousCommitError ? outcomeUnknown(hasKey, error) : error;
  }
}

/** `undefined`: no key, or nobody whose key it could be. */
function idempotentRequest(request: Request, { scope }: IdempotentOptions): IdempotentRequest | undefined {
  const key = request.headers['idempotency-key'];
  if (key === undefined) return undefined;
  if (typeof key !== 'string' || !KEY.test(key)) throw invalidKey();
  const caller = scope ? scope(request) : '';
  if (typeof caller !== 'string') return undefined;
  return {
    scope: [request.method, pathOf(request), caller],
    key,
    fingerprint: fingerprintOf(request.body, request.query),
  };
}

/** By the route and its parameters: `/orders/` is `/orders`. */
function pathOf({ route, params, path }: Request): string {
  const pattern: unknown = (route as { path?: unknown } | undefined)?.path; // Express types its route as any
  return typeof pattern === 'string' ? `${pattern} ${JSON.stringify(params)}` : path;
}
