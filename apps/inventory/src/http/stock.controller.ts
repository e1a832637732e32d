import { Body, Controller, Get, HttpCode, Param, Post } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiParam, ApiTags } from '@nestjs/swagger';
import type { Transaction } from '@waybill/database';
import { ApiProblems } from '@waybill/http';
import { Idempotent, recordAct, RequestTransaction } from '@waybill/idempotency';

import { Restock } from '../use-cases/restock.js';
import { ViewStock } from '../use-cases/view-stock.js';
import { RestockBody } from './restock.body.js';
import { StockResponse, toStockResponse } from './stock.response.js';

const SKU = { name: 'sku', example: 'SKU-MUG-BLUE' };

@ApiTags('stock')
@Controller('stock/:sku')
export class StockController {
  constructor(
    private readonly stock: ViewStock,
    private readonly restocking: Restock,
  ) {}

  @Get()
  @ApiParam(SKU)
  @ApiOperation({ summary: 'The units of a SKU' })
  @ApiOkResponse({ type: StockResponse })
  @ApiProblems({ 404: { SKU_NOT_FOUND: 'Unknown SKU' } })
  async view(@Param('sku') sku: string): Promise<StockResponse> {
    return toStockResponse(await this.stock.of(sku));
  }

  @Post('restock')
  @ApiParam(SKU)
  @HttpCode(200)
  @Idempotent()
  @ApiOperation({ summary: 'Puts more units on hand' })
  @ApiOkResponse({ type: StockResponse })
  @ApiProblems({ 404: { SKU_NOT_FOUND: 'Unknown SKU' }, 409: { STOCK_LIMIT_REACHED: 'More than can be counted' } })
  async restock(
    @Param('sku') sku: string,
    @Body() { quantity, who, why }: RestockBody,
    @RequestTransaction() tx: Transaction,
  ): Promise<StockResponse> {
    const level = await this.restocking.execute(tx, sku, quantity);
    recordAct(tx, { act: 'stock.restock', who, why, subject: sku, detail: { quantity } });
    return toStockResponse(level);
  }
}
