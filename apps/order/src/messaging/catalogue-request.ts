import { Injectable, Logger, Optional } from '@nestjs/common';
import type { OnApplicationBootstrap, OnApplicationShutdown } from '@nestjs/common';
import { PublishCatalogue } from '@waybill/contracts';
import { Database } from '@waybill/database';
import { newMessage } from '@waybill/messaging';
import { BackgroundLoop } from '@waybill/observability';
import { Outbox } from '@waybill/outbox';

import { Catalogue } from '../persistence/catalogue.postgres.js';

/** Milliseconds. */
export class CatalogueRequestTimes {
  /** How long the catalogue may take by itself: at the first start inventory publishes it anyway. */
  readonly firstAfterMs: number = 20_000;
  readonly againAfterMs: number = 60_000;
}

/**
 * Asks inventory for the catalogue while the copy isn't complete, so that a service whose database was lost becomes ready by itself. What it
 * asks goes by the outbox: inventory finds it when it is there.
 */
@Injectable()
export class CatalogueRequest implements OnApplicationBootstrap, OnApplicationShutdown {
  readonly #logger = new Logger(CatalogueRequest.name);
  readonly #loop: BackgroundLoop;

  constructor(
    private readonly catalogue: Catalogue,
    private readonly database: Database,
    private readonly outbox: Outbox,
    @Optional() times: CatalogueRequestTimes = new CatalogueRequestTimes(),
  ) {
    this.#loop = new BackgroundLoop({
      work: 'ask for the catalogue',
      step: () => this.#step(),
      intervalMs: times.againAfterMs,
      firstAfterMs: times.firstAfterMs,
    });
  }

  onApplicationBootstrap(): void {
    this.#loop.start();
  }

  onApplicationShutdown(): Promise<void> {
    return this.#loop.stop();
  }

  async #step(): Promise<number | void> {
    const { listed, expected } = await this.catalogue.progress();
    if (expected !== undefined && listed >= expected) return Infinity; // products are only ever added
    const request = newMessage(PublishCatalogue, { key: 'catalogue', data: { requester: 'order' } });
    await this.database.transaction(async (tx) => this.outbox.add(tx, request));
    this.#logger.warn({
      message: 'The catalogue is not complete: inventory is asked to publish it once more',
      listed,
      expected,
    });
  }
}
