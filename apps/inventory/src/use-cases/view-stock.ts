import { Injectable } from '@nestjs/common';
import { Database } from '@waybill/database';

import type { StockLevel } from '../domain/stock-book.js';
import { selectStock } from '../persistence/sql/select-stock.js';
import { UnknownSkuError } from './stock.errors.js';

@Injectable()
export class ViewStock {
  constructor(private readonly database: Database) {}

  /** @throws UnknownSkuError */
  async of(sku: string, on: Pick<Database, 'query'> = this.database): Promise<StockLevel> {
    const [level] = await on.query<StockLevel>(selectStock, [[sku]]);
    if (!level) throw new UnknownSkuError();
    return level;
  }
}
