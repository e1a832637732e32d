import { Command, CommandHandler } from '@nestjs/cqrs';
import type { ICommandHandler } from '@nestjs/cqrs';
import type { Transaction } from '@waybill/database';

import { OrderProjections } from '../persistence/order-projections.js';

/** Answers whether one was running. */
export class CancelRebuild extends Command<boolean> {
  constructor(
    readonly name: string,
    readonly tx: Transaction,
  ) {
    super();
  }
}

/** @throws UnknownProjectionError */
@CommandHandler(CancelRebuild)
export class CancelRebuildHandler implements ICommandHandler<CancelRebuild> {
  constructor(private readonly projections: OrderProjections) {}

  execute({ name, tx }: CancelRebuild): Promise<boolean> {
    return this.projections.cancelRebuild(tx, name);
  }
}
