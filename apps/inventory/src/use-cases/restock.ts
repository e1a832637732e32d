import { Injectable } from '@nestjs/common';
import { Database } from '@waybill/database';

import type { StockLevel } from '../domain/stock-book.js';
import { restock } from '../persistence/sql/restock.js';
import { StockLimitError } from './stock.errors.js';
import { ViewStock } from './view-stock.js';

/**
 * Adds units on hand, atomically. In a transaction, although it is one statement: only a COMMIT of its own tells a connection
 * that was lost before it, and nothing was added, from one that was lost during it, and nobody knows.
 */
@Injectable()
export class Restock {
  constructor(
    private readonly database: Database,
    private readonly viewStock: ViewStock,
  ) {}

  /** @throws UnknownSkuError, StockLimitError, AmbiguousCommitError */
  async execute(sku: string, quantity: number): Promise<StockLevel> {
    const [level] = await this.database.transaction((tx) => tx.query<StockLevel>(restock, [sku, quantity]));
    if (level) return level;
    await this.viewStock.of(sku);
    throw new StockLimitError();
  }
}
