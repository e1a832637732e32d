import { Controller } from '@nestjs/common';
import { Ctx, Payload } from '@nestjs/microservices';
import { ProcessPayment, RefundPayment } from '@waybill/contracts';
import type { Transaction } from '@waybill/database';
import { OutsideCallHandler } from '@waybill/messaging';
import type { DataOf, MessageContext, OutsideCalls, ReceivedMessage } from '@waybill/messaging';

import { ProcessPayments } from '../use-cases/process-payments.js';
import { RefundPayments } from '../use-cases/refund-payments.js';

type Process = DataOf<typeof ProcessPayment>;
type Refund = DataOf<typeof RefundPayment>;

/** The commands that the payment service takes. Each answer is an event on `payment.events`. */
@Controller()
export class PaymentCommandsController {
  constructor(
    private readonly processing: ProcessPayments,
    private readonly refunding: RefundPayments,
  ) {}

  @OutsideCallHandler(ProcessPayment)
  process(
    @Payload() commands: readonly ReceivedMessage<Process>[],
    @Ctx() { tx }: MessageContext<Transaction, Process>,
  ): Promise<OutsideCalls<unknown, Transaction, Process>> {
    return this.processing.prepare(commands, tx);
  }

  @OutsideCallHandler(RefundPayment)
  refund(
    @Payload() commands: readonly ReceivedMessage<Refund>[],
    @Ctx() { tx }: MessageContext<Transaction, Refund>,
  ): Promise<OutsideCalls<unknown, Transaction, Refund>> {
    return this.refunding.prepare(commands, tx);
  }
}
