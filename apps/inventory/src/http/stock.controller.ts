import { Body, Controller, Get, HttpCode, Param, Post } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { ApiProblems } from '@waybill/http';

import { Restock } from '../use-cases/restock.js';
import { ViewStock } from '../use-cases/view-stock.js';
import { RestockRequest } from './restock.request.js';
import { StockResponse, toStockResponse } from './stock.response.js';

@ApiTags('stock')
@Controller('stock/:sku')
export class StockController {
  constructor(
    private readonly stock: ViewStock,
    private readonly restocking: Restock,
  ) {}

  @Get()
  @ApiOperation({ summary: 'The units of a SKU' })
  @ApiOkResponse({ type: StockResponse })
  @ApiProblems({ 404: 'Unknown SKU' })
  async view(@Param('sku') sku: string): Promise<StockResponse> {
    return toStockResponse(await this.stock.of(sku));
  }

  @Post('restock')
  @HttpCode(200)
  @ApiOperation({ summary: 'Puts more units on hand' })
  @ApiOkResponse({ type: StockResponse })
  @ApiProblems({
    400: 'Invalid quantity',
    404: 'Unknown SKU',
    409: 'More than can be counted',
    503: 'DATABASE_UNAVAILABLE: not added. OUTCOME_UNKNOWN: added or not; the stock tells, before the request is sent again',
  })
  async restock(@Param('sku') sku: string, @Body() { quantity }: RestockRequest): Promise<StockResponse> {
    return toStockResponse(await this.restocking.execute(sku, quantity));
  }
}
