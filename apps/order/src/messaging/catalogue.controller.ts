import { Controller } from '@nestjs/common';
import { Ctx, Payload } from '@nestjs/microservices';
import { CataloguePublished, ProductListed } from '@waybill/contracts';
import type { Transaction } from '@waybill/database';
import { BatchMessageHandler, MessageHandler } from '@waybill/messaging';
import type { DataOf, MessageContext, ReceivedMessage } from '@waybill/messaging';

import { RevisionAheadError } from '../domain/order.errors.js';
import { Catalogue } from '../persistence/catalogue.postgres.js';

const options = { nonRetryable: (error: unknown) => error instanceof RevisionAheadError };

/** Keeps the order service's copy of the catalogue. */
@Controller()
export class CatalogueController {
  constructor(private readonly catalogue: Catalogue) {}

  @BatchMessageHandler(ProductListed, options)
  listed(
    @Payload() messages: readonly ReceivedMessage<DataOf<typeof ProductListed>>[],
    @Ctx() { tx }: MessageContext<Transaction>,
  ): Promise<void> {
    return this.catalogue.list(
      tx,
      messages.map(({ data }) => data),
    );
  }

  @MessageHandler(CataloguePublished, options)
  published(
    @Payload() publication: DataOf<typeof CataloguePublished>,
    @Ctx() { tx }: MessageContext<Transaction>,
  ): Promise<void> {
    return this.catalogue.publish(tx, publication);
  }
}
