import { Controller } from '@nestjs/common';
import { Ctx, Payload } from '@nestjs/microservices';
import { ErasePayment, ProcessPayment, RefundPayment } from '@waybill/contracts';
import type { Transaction } from '@waybill/database';
import { BatchMessageHandler, OutsideCallHandler } from '@waybill/messaging';
import type { DataOf, MessageContext, OutsideCalls, ReceivedMessage } from '@waybill/messaging';

import { PaymentConflictError } from '../domain/process-payment.js';
import { PaymentRepository } from '../persistence/payment.repository.postgres.js';
import { ErasePayments } from '../use-cases/erase-payments.js';
import { ProcessPayments } from '../use-cases/process-payments.js';
import { RefundPayments } from '../use-cases/refund-payments.js';

type Erase = DataOf<typeof ErasePayment>;
type Process = DataOf<typeof ProcessPayment>;
type Refund = DataOf<typeof RefundPayment>;

const READ_AHEAD = { reads: 'read' };
const PROCESS = { ...READ_AHEAD, nonRetryable: (error: unknown) => error instanceof PaymentConflictError };

/** The commands that the payment service takes. Each answer is an event on `payment.events`. */
@Controller()
export class PaymentCommandsController {
  constructor(
    private readonly processing: ProcessPayments,
    private readonly refunding: RefundPayments,
    private readonly erasing: ErasePayments,
    private readonly payments: PaymentRepository,
  ) {}

  read(commands: readonly ReceivedMessage<Process | Refund>[], tx: Transaction): Promise<unknown> {
    return this.payments.open(
      tx,
      commands.map(({ data }) => data.orderId),
    );
  }

  @OutsideCallHandler(ProcessPayment, PROCESS)
  process(
    @Payload() commands: readonly ReceivedMessage<Process>[],
    @Ctx() { tx }: MessageContext<Transaction, Process>,
  ): Promise<OutsideCalls<unknown, Transaction, Process>> {
    return this.processing.prepare(commands, tx);
  }

  @OutsideCallHandler(RefundPayment, READ_AHEAD)
  refund(
    @Payload() commands: readonly ReceivedMessage<Refund>[],
    @Ctx() { tx }: MessageContext<Transaction, Refund>,
  ): Promise<OutsideCalls<unknown, Transaction, Refund>> {
    return this.refunding.prepare(commands, tx);
  }

  @BatchMessageHandler(ErasePayment)
  erase(
    @Payload() commands: readonly ReceivedMessage<Erase>[],
    @Ctx() { tx }: MessageContext<Transaction, Erase>,
  ): Promise<void> {
    return this.erasing.execute(commands, tx);
  }
}
