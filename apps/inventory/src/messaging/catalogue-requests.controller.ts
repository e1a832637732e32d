import { Controller, Logger } from '@nestjs/common';
import { Ctx, Payload } from '@nestjs/microservices';
import { PublishCatalogue as PublishCatalogueCommand } from '@waybill/contracts';
import type { Transaction } from '@waybill/database';
import { MessageHandler } from '@waybill/messaging';
import type { DataOf, MessageContext } from '@waybill/messaging';

import { PublishCatalogue } from '../use-cases/publish-catalogue.js';

/** Services that lack the catalogue ask for it. */
@Controller()
export class CatalogueRequestsController {
  readonly #logger = new Logger(CatalogueRequestsController.name);

  constructor(private readonly catalogue: PublishCatalogue) {}

  @MessageHandler(PublishCatalogueCommand)
  async publish(
    @Payload() { requester }: DataOf<typeof PublishCatalogueCommand>,
    @Ctx() { tx }: MessageContext<Transaction>,
  ): Promise<void> {
    if (!(await this.catalogue.onRequest(tx))) return;
    tx.afterCommit(() => this.#logger.log({ message: 'The catalogue is published once more, on request', requester }));
  }
}
