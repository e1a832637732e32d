import { Injectable } from '@nestjs/common';
import { Database } from '@waybill/database';

import { ProductEntity } from '../persistence/product.entity.js';

/** The whole catalogue, by SKU. */
@Injectable()
export class ListProducts {
  constructor(private readonly database: Database) {}

  all(): Promise<ProductEntity[]> {
    return this.database.dataSource.getRepository(ProductEntity).find({ order: { sku: 'ASC' } });
  }
}
