import { Command, CommandHandler } from '@nestjs/cqrs';
import type { ICommandHandler } from '@nestjs/cqrs';
import { ErasePayment, EraseShipment } from '@waybill/contracts';
import type { Transaction } from '@waybill/database';
import { LetterErasure } from '@waybill/dlq';
import { eraseActs } from '@waybill/idempotency';
import { newMessage } from '@waybill/messaging';
import type { Cause } from '@waybill/messaging';
import { newId } from '@waybill/observability';
import { Outbox } from '@waybill/outbox';

import { ErasedPayloads } from '../persistence/erased-payloads.js';
import { ErasedRecords } from '../persistence/erased-records.js';
import { Erasures } from '../persistence/erasures.postgres.js';
import { AuditNamesCustomerError } from './audit-names-customer.error.js';
import { OrdersInUseError } from './orders-in-use.error.js';
import type { OrderInUse } from './orders-in-use.error.js';
import { requestCause } from './request-cause.js';

/** Whose: all orders of a customer, or some by their ids (as after a restore, when nobody may know the customer any more). */
export type ErasureTarget = { readonly customerId: string } | { readonly orderIds: readonly string[] };

export class EraseOrders extends Command<OrdersErased> {
  constructor(
    readonly target: ErasureTarget,
    readonly who: string,
    readonly why: string,
    readonly tx: Transaction,
  ) {
    super();
  }
}

export interface OrdersErased {
  readonly erasureId: string;
  readonly orderIds: readonly string[];
  /** Those of them that this service doesn't know: the others are told to erase them all the same. */
  readonly unknownOrderIds: readonly string[];
  /** Orders of the customer that are left for another call. */
  readonly remaining: number;
}

/** Of one call: one transaction, one message for each order and service. */
const MOST_ORDERS = 200;
const MOST_NAMED = 20;

/**
 * Forgets who ordered: everything that this service keeps, in the caller's transaction, with a command for each service that keeps something, which
 * it finds when it comes back. Amounts, lines and times stay. All or nothing: refused while an order of the customer is under way.
 * Repeatable: what was erased is erased once more, in the other services, too.
 * @throws OrdersInUseError, AuditNamesCustomerError
 */
@CommandHandler(EraseOrders)
export class EraseOrdersHandler implements ICommandHandler<EraseOrders> {
  constructor(
    private readonly erasures: Erasures,
    private readonly records: ErasedRecords,
    private readonly letters: LetterErasure,
    private readonly outbox: Outbox,
    private readonly payloads: ErasedPayloads,
  ) {}

  async execute({ target, who, why, tx }: EraseOrders): Promise<OrdersErased> {
    const { ids, total } = await this.#ordersOf(target, `${who} ${why}`, tx);
    const erasureId = newId(tx.now());
    const cause = requestCause();
    const open = await this.letters.openKeys(tx, ids);
    refuse(ids.filter((id) => open.has(id)).map((orderId) => ({ orderId, because: 'LETTER_OPEN' })));
    const { messages, unknown, notEnded } = await this.records.erase(tx, ids, cause);
    refuse(notEnded.map((orderId) => ({ orderId, because: 'NOT_ENDED' })));
    const unpublished = await this.outbox.unpublishedAmong([...messages.values()].flat(), tx);
    const onTheirWay = [...messages].filter(([, ofOrder]) => ofOrder.some((id) => unpublished.has(id)));
    refuse(onTheirWay.map(([orderId]) => ({ orderId, because: 'UNPUBLISHED' })));
    await this.outbox.forget(tx, [...messages.values()].flat());
    await this.letters.erase(tx, ids);
    await eraseActs(tx, ids);
    await this.erasures.record(tx, { id: erasureId, who, why }, messages);
    this.outbox.add(tx, ...ids.flatMap((orderId) => commandsFor(orderId, cause)));
    tx.afterCommit(() => this.payloads.wake());
    return { erasureId, orderIds: ids, unknownOrderIds: unknown, remaining: total - ids.length };
  }

  async #ordersOf(
    target: ErasureTarget,
    audit: string,
    tx: Transaction,
  ): Promise<{ readonly ids: readonly string[]; readonly total: number }> {
    if ('orderIds' in target) return { ids: target.orderIds, total: target.orderIds.length };
    const { customerId } = target;
    if (names(audit, customerId)) throw new AuditNamesCustomerError();
    const open = await this.erasures.openOrdersOf(tx, customerId, MOST_NAMED);
    refuse(open.map((orderId) => ({ orderId, because: 'NOT_ENDED' })));
    return this.erasures.ordersOf(tx, customerId, MOST_ORDERS);
  }
}

function commandsFor(orderId: string, cause: Cause) {
  return [ErasePayment, EraseShipment].map((contract) =>
    newMessage(contract, { key: orderId, data: { orderId }, cause }),
  );
}

/** As a word of its own: an id may be one letter. */
function names(audit: string, customerId: string): boolean {
  return audit
    .toLowerCase()
    .split(/[^a-z0-9_-]+/)
    .includes(customerId.toLowerCase());
}

function refuse(orders: readonly OrderInUse[]): void {
  if (orders.length > 0) throw new OrdersInUseError(orders.slice(0, MOST_NAMED));
}
