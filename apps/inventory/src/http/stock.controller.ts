import { Body, Controller, Get, HttpCode, Param, Post } from '@nestjs/common';
import { ApiHeader, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { Transaction } from '@waybill/database';
import { ApiProblems } from '@waybill/http';
import { Idempotent, RequestTransaction } from '@waybill/idempotency';

import { Restock } from '../use-cases/restock.js';
import { ViewStock } from '../use-cases/view-stock.js';
import { RestockBody } from './restock.body.js';
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
  @Idempotent()
  @ApiHeader({ name: 'Idempotency-Key', required: false, description: 'The same key again gets the first answer' })
  @ApiOperation({ summary: 'Puts more units on hand' })
  @ApiOkResponse({ type: StockResponse })
  @ApiProblems({
    400: 'Invalid quantity',
    404: 'Unknown SKU',
    409: 'More than can be counted',
    503: 'DATABASE_UNAVAILABLE: not added. OUTCOME_UNKNOWN: added or not; the same Idempotency-Key again finds out',
  })
  async restock(
    @Param('sku') sku: string,
    @Body() { quantity }: RestockBody,
    @RequestTransaction() tx: Transaction,
  ): Promise<StockResponse> {
    return toStockResponse(await this.restocking.execute(tx, sku, quantity));
  }
}
