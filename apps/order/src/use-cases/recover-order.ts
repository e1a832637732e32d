import { Command, CommandHandler } from '@nestjs/cqrs';
import type { ICommandHandler } from '@nestjs/cqrs';
import { PaymentCharged, StockReserved } from '@waybill/contracts';
import type { Transaction } from '@waybill/database';
import { Discards, LettersByReason } from '@waybill/dlq';
import type { ReadLetter } from '@waybill/dlq';
import type { DataOf, MessageContract } from '@waybill/messaging';
import { REPLY_TO_UNKNOWN_SAGA } from '@waybill/saga';
import type { SagaInstance } from '@waybill/saga';

import { recoverOrder } from '../domain/recover-order.js';
import type { OrderTraces } from '../domain/recover-order.js';
import { Catalogue } from '../persistence/catalogue.postgres.js';
import { Orders } from '../persistence/orders.postgres.js';
import { Fulfilment } from '../sagas/fulfilment.js';
import { NoOrphanedRepliesError } from './no-orphaned-replies.error.js';
import { requestCause } from './request-cause.js';

export class RecoverOrder extends Command<SagaInstance> {
  constructor(
    readonly orderId: string,
    readonly by: string,
    readonly reason: string,
    readonly tx: Transaction,
  ) {
    super();
  }
}

/**
 * An order that participants answer about, and that this database doesn't know, because it is an older copy: it is made again from
 * the answers, which lie as dead letters. Fulfilled where it had been; else everything is undone by the saga, the
 * customer's money with it. The letters are settled in the same transaction. Repeatable: the second one finds no letters.
 * @throws NoOrphanedRepliesError, SagaExistsError
 */
@CommandHandler(RecoverOrder)
export class RecoverOrderHandler implements ICommandHandler<RecoverOrder> {
  constructor(
    private readonly letters: LettersByReason,
    private readonly discards: Discards,
    private readonly catalogue: Catalogue,
    private readonly orders: Orders,
    private readonly fulfilment: Fulfilment,
  ) {}

  async execute({ orderId, by, reason, tx }: RecoverOrder): Promise<SagaInstance> {
    const letters = await this.letters.lock(tx, REPLY_TO_UNKNOWN_SAGA, orderId);
    if (letters.length === 0) throw new NoOrphanedRepliesError(orderId);
    const traces = tracesIn(letters);
    const skus = (traces.reserved ?? []).map(({ sku }) => sku);
    const prices = await this.catalogue.pricesOf(tx, skus);
    const recovered = recoverOrder(orderId, traces, prices, new Date(tx.now()).toISOString());
    const cause = requestCause();
    this.orders.place(tx, recovered, { correlationId: cause.correlationId, causationId: cause.id });
    const answers = letters.map(({ contract, data, causationId }) => ({ contract, data, answers: causationId }));
    const { instance } = await this.fulfilment.recover(tx, recovered, { answers, by, reason, cause });
    const ids = letters.map(({ id }) => id);
    await this.discards.discardIn(tx, { ids }, { who: by, why: reason }, ids.length);
    return instance;
  }
}

function tracesIn(letters: readonly ReadLetter[]): OrderTraces {
  const charged = dataOf(letters, PaymentCharged)?.amount;
  const reserved = dataOf(letters, StockReserved)?.items;
  return { ...(charged && { charged }), ...(reserved && { reserved }) };
}

function dataOf<Contract extends MessageContract>(
  letters: readonly ReadLetter[],
  { name }: Contract,
): DataOf<Contract> | undefined {
  return letters.find(({ contract }) => contract === name)?.data as DataOf<Contract> | undefined; // parsed by its contract
}
