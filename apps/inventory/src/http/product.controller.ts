import { Controller, Get } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';

import { ListProducts } from '../use-cases/list-products.js';
import { ProductResponse, toProductResponse } from './product.response.js';

@ApiTags('products')
@Controller('products')
export class ProductController {
  constructor(private readonly products: ListProducts) {}

  @Get()
  @ApiOperation({ summary: 'The whole catalogue' })
  @ApiOkResponse({ type: [ProductResponse] })
  async list(): Promise<readonly ProductResponse[]> {
    return (await this.products.all()).map(toProductResponse);
  }
}
