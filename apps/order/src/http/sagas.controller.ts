import { Controller, Get, Param } from '@nestjs/common';
import { QueryBus } from '@nestjs/cqrs';
import { ApiOkResponse, ApiOperation, ApiParam, ApiTags } from '@nestjs/swagger';
import { ApiProblems, UuidPipe } from '@waybill/http';

import { GetSaga } from '../use-cases/get-saga.js';
import { sagaResponse, SagaResponse } from './saga.response.js';

@ApiTags('sagas')
@Controller('sagas')
export class SagasController {
  constructor(private readonly queries: QueryBus) {}

  @Get(':orderId')
  @ApiParam({ name: 'orderId', format: 'uuid' })
  @ApiOperation({ summary: 'How far the fulfilment of an order is' })
  @ApiOkResponse({ type: SagaResponse })
  @ApiProblems({ 404: { ORDER_NOT_FOUND: 'Unknown order' } })
  async get(@Param('orderId', UuidPipe) orderId: string): Promise<SagaResponse> {
    return sagaResponse(await this.queries.execute(new GetSaga(orderId)));
  }
}
