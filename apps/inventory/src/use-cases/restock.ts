import { Injectable } from '@nestjs/common';
import type { Transaction } from '@waybill/database';

import type { StockLevel } from '../domain/stock-book.js';
import { restock } from '../persistence/sql/restock.js';
import { StockLimitError } from './stock.errors.js';
import { ViewStock } from './view-stock.js';

/** Adds units on hand. */
@Injectable()
export class Restock {
  constructor(private readonly viewStock: ViewStock) {}

  /** @throws UnknownSkuError, StockLimitError */
  async execute(tx: Transaction, sku: string, quantity: number): Promise<StockLevel> {
    const [level] = await tx.query<StockLevel>(restock, [sku, quantity]);
    if (level) return level;
    await this.viewStock.of(sku, tx);
    throw new StockLimitError();
  }
}
