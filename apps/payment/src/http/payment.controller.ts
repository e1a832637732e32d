import { Controller, Get, Query } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';

import { ListPayments } from '../use-cases/list-payments.js';
import { ListPaymentsQuery } from './list-payments.query.js';
import { PaymentResponse, toPaymentResponse } from './payment.response.js';

@ApiTags('payments')
@Controller('payments')
export class PaymentController {
  constructor(private readonly payments: ListPayments) {}

  @Get()
  @ApiOperation({ summary: 'The payments of an order' })
  @ApiOkResponse({ type: [PaymentResponse] })
  async list(@Query() { orderId }: ListPaymentsQuery): Promise<readonly PaymentResponse[]> {
    return (await this.payments.ofOrder(orderId)).map(toPaymentResponse);
  }
}
