import { Controller, Get, Param } from '@nestjs/common';
import { QueryBus } from '@nestjs/cqrs';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { ApiProblems, UuidPipe } from '@waybill/http';
import type { SagaInstance } from '@waybill/saga';

import { GetSaga } from '../use-cases/get-saga.js';
import { sagaResponse, SagaResponse } from './saga.response.js';

@ApiTags('sagas')
@Controller('sagas')
export class SagasController {
  constructor(private readonly queries: QueryBus) {}

  @Get(':orderId')
  @ApiOperation({ summary: 'How far the fulfilment of an order is' })
  @ApiOkResponse({ type: SagaResponse })
  @ApiProblems({ 404: 'Unknown order' })
  async get(@Param('orderId', UuidPipe) orderId: string): Promise<SagaResponse> {
    return sagaResponse(await this.queries.execute<GetSaga, SagaInstance>(new GetSaga(orderId)));
  }
}
