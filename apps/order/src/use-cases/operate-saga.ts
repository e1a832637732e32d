import { Command, CommandHandler } from '@nestjs/cqrs';
import type { ICommandHandler } from '@nestjs/cqrs';
import type { Transaction } from '@waybill/database';
import { SagaOperator } from '@waybill/saga';
import type { OperatorAction, SagaInstance } from '@waybill/saga';

import { FULFIL_ORDER } from '../sagas/fulfil-order.saga.js';

export class OperateSaga extends Command<SagaInstance> {
  constructor(
    readonly orderId: string,
    readonly action: OperatorAction,
    readonly by: string,
    readonly reason: string,
    readonly tx: Transaction,
  ) {
    super();
  }
}

/** An operator decides about a fulfilment that is stuck. @throws SagaNotFoundError, SagaActionRefusedError */
@CommandHandler(OperateSaga)
export class OperateSagaHandler implements ICommandHandler<OperateSaga> {
  constructor(private readonly operator: SagaOperator) {}

  async execute({ orderId: id, action, by, reason, tx }: OperateSaga): Promise<SagaInstance> {
    return (await this.operator.operate(tx, { saga: FULFIL_ORDER, id }, { action, by, reason })).instance;
  }
}
