import { Command, CommandHandler } from '@nestjs/cqrs';
import type { ICommandHandler } from '@nestjs/cqrs';
import type { Transaction } from '@waybill/database';

import { OrderProjections } from '../persistence/order-projections.js';

/** Answers whether it began one; `false`: one is under way already. */
export class RebuildProjection extends Command<boolean> {
  constructor(
    readonly name: string,
    readonly by: string,
    readonly reason: string,
    readonly tx: Transaction,
  ) {
    super();
  }
}

/** @throws UnknownProjectionError, RebuildRefusedError */
@CommandHandler(RebuildProjection)
export class RebuildProjectionHandler implements ICommandHandler<RebuildProjection> {
  constructor(private readonly projections: OrderProjections) {}

  execute({ name, by, reason, tx }: RebuildProjection): Promise<boolean> {
    return this.projections.rebuild(tx, name, { by, reason });
  }
}
