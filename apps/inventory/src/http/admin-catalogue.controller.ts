import { Body, Controller, HttpCode, Logger, Post } from '@nestjs/common';
import { ApiBearerAuth, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { Transaction } from '@waybill/database';
import { OperatorBody } from '@waybill/http';
import { Idempotent, recordAct, RequestTransaction } from '@waybill/idempotency';

import { PublishCatalogue } from '../use-cases/publish-catalogue.js';
import { PublishedCatalogueResponse } from './published-catalogue.response.js';

/** For a reader that has lost its copy of the catalogue, or restored an older one. */
@ApiTags('admin: catalogue')
@ApiBearerAuth()
@Controller('admin/catalogue')
export class AdminCatalogueController {
  readonly #logger = new Logger(AdminCatalogueController.name);

  constructor(private readonly catalogue: PublishCatalogue) {}

  @Post('publish')
  @HttpCode(200)
  @Idempotent()
  @ApiOperation({ summary: 'Publishes the whole catalogue once more' })
  @ApiOkResponse({ type: PublishedCatalogueResponse })
  async publish(
    @Body() { who, why }: OperatorBody,
    @RequestTransaction() tx: Transaction,
  ): Promise<PublishedCatalogueResponse> {
    const products = await this.catalogue.again(tx);
    recordAct(tx, { act: 'catalogue.publish', who, why, detail: { products } });
    tx.afterCommit(() => this.#logger.log({ message: 'The catalogue is published once more', products, who, why }));
    return { products };
  }
}
