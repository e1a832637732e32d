import { Injectable, Logger } from '@nestjs/common';
import type { CallHandler, ExecutionContext, NestInterceptor } from '@nestjs/common';
import { QueryBus } from '@nestjs/cqrs';
import { preferWait } from '@waybill/http';
import type { PreferredWait } from '@waybill/http';
import type { Request, Response } from 'express';
import { mergeMap } from 'rxjs';
import type { Observable } from 'rxjs';

import type { OrderView } from '../projections/order-view.js';
import { AwaitOrder } from '../use-cases/await-order.js';
import { goneSignal } from './gone-signal.js';

/**
 * `Prefer: wait=N` on a request that answers with an order: once that is committed, the answer waits until the order has ended or
 * N seconds are over, and shows it as it then is. A repeated Idempotency-Key waits for the same order. What is committed is
 * never answered with an error, whatever becomes of the waiting.
 */
@Injectable()
export class AwaitEndInterceptor implements NestInterceptor<string, OrderView | string> {
  readonly #logger = new Logger('Orders');

  constructor(private readonly queries: QueryBus) {}

  intercept(context: ExecutionContext, next: CallHandler<string>): Observable<OrderView | string> {
    const response = context.switchToHttp().getResponse<Response>();
    response.vary('Prefer');
    const preference = preferWait(context.switchToHttp().getRequest<Request>().get('prefer'));
    const answer = next.handle();
    return preference ? answer.pipe(mergeMap((text) => this.#whenEnded(text, preference, response))) : answer;
  }

  async #whenEnded(text: string, { waitMs, applied }: PreferredWait, response: Response): Promise<OrderView | string> {
    const order = JSON.parse(text) as OrderView; // this service's own answer
    // An answer from another time says nothing of the order now.
    const known = response.hasHeader('Idempotent-Replayed') ? undefined : order;
    try {
      const query = new AwaitOrder(order.id, waitMs, goneSignal(response), known);
      const awaited = await this.queries.execute(query);
      if (awaited.waited) response.setHeader('Preference-Applied', applied);
      return awaited.order;
    } catch (error) {
      this.#logger.warn('Order placed, but it could not be read after the wait', { orderId: order.id, error });
      return text;
    }
  }
}
