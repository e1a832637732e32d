import { Controller } from '@nestjs/common';
import { Ctx, Payload } from '@nestjs/microservices';
import { CommitReservation, ReleaseStock, ReserveStock } from '@waybill/contracts';
import type { Transaction } from '@waybill/database';
import { BatchMessageHandler } from '@waybill/messaging';
import type { DataOf, MessageContext, ReceivedMessage } from '@waybill/messaging';

import { ReservationConflictError } from '../domain/reservation.js';
import { ReservationRepository } from '../persistence/reservation.repository.postgres.js';
import { CommitForOrders } from '../use-cases/commit-for-orders.js';
import { ReleaseForOrders } from '../use-cases/release-for-orders.js';
import { ReserveForOrders } from '../use-cases/reserve-for-orders.js';

type Reserve = DataOf<typeof ReserveStock>;
type Release = DataOf<typeof ReleaseStock>;
type Commit = DataOf<typeof CommitReservation>;

const OPTIONS = {
  reads: 'read',
  nonRetryable: (error: unknown) => error instanceof ReservationConflictError,
};

/** The commands that the inventory service takes. Each answer is an event on `inventory.events`. */
@Controller()
export class InventoryCommandsController {
  constructor(
    private readonly reserving: ReserveForOrders,
    private readonly releasing: ReleaseForOrders,
    private readonly committing: CommitForOrders,
    private readonly reservations: ReservationRepository,
  ) {}

  /** Reads, and locks, for the whole batch. */
  read(commands: readonly ReceivedMessage<Reserve | Release | Commit>[], tx: Transaction): Promise<unknown> {
    return this.reservations.open(
      tx,
      commands.map(({ data }) => data),
    );
  }

  @BatchMessageHandler(ReserveStock, OPTIONS)
  reserve(
    @Payload() commands: readonly ReceivedMessage<Reserve>[],
    @Ctx() { tx }: MessageContext<Transaction, Reserve>,
  ): Promise<void> {
    return this.reserving.execute(commands, tx);
  }

  @BatchMessageHandler(ReleaseStock, OPTIONS)
  release(
    @Payload() commands: readonly ReceivedMessage<Release>[],
    @Ctx() { tx }: MessageContext<Transaction, Release>,
  ): Promise<void> {
    return this.releasing.execute(commands, tx);
  }

  @BatchMessageHandler(CommitReservation, OPTIONS)
  commit(
    @Payload() commands: readonly ReceivedMessage<Commit>[],
    @Ctx() { tx }: MessageContext<Transaction, Commit>,
  ): Promise<void> {
    return this.committing.execute(commands, tx);
  }
}
