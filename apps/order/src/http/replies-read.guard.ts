import { Injectable } from '@nestjs/common';
import type { CanActivate, ExecutionContext } from '@nestjs/common';
import { ConflictError } from '@waybill/http';
import { SagaOperator } from '@waybill/saga';
import type { Request } from 'express';

/** What the answer says of what it is for. */
const WAIT = 'no service has a lag (`waybill topics`) and no outbox holds anything (`waybill outbox`)';

/**
 * Lets a request pass once the answers to its order that are at the broker have been read: what one of them says may change what
 * is to be done. Before the request's transaction, which must not wait for a broker.
 */
@Injectable()
export class RepliesReadGuard implements CanActivate {
  constructor(private readonly operator: SagaOperator) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const { orderId = '' } = context.switchToHttp().getRequest<Request<{ orderId?: string }>>().params;
    if (await this.#hasRead(orderId)) return true;
    const detail = `There are answers at the broker that this service hasn't read, maybe to order ${orderId}: wait until ${WAIT}`;
    throw new ConflictError('REPLIES_UNREAD', detail);
  }

  async #hasRead(orderId: string): Promise<boolean> {
    try {
      return await this.operator.hasReadReplies(orderId);
    } catch (cause) {
      const detail = `The broker doesn't tell whether it has answers to order ${orderId}: wait until it can be reached`;
      throw new ConflictError('REPLIES_UNREAD', detail, { cause });
    }
  }
}
