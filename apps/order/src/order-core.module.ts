import { Module } from '@nestjs/common';
import type { DynamicModule } from '@nestjs/common';
import { COMMAND_PUBLICATION, SAGA_LISTENER, SagaModule } from '@waybill/saga';

import { Catalogue } from './persistence/catalogue.postgres.js';
import { OutboxPublication } from './persistence/command-publication.outbox.js';
import { OrderViews } from './persistence/order-view.postgres.js';
import { OrderWatch } from './persistence/order-watch.js';
import { Orders } from './persistence/orders.postgres.js';
import { Timeline } from './persistence/timeline.postgres.js';
import { fulfilOrder } from './sagas/fulfil-order.saga.js';
import { Fulfilment, FULFIL_ORDER_DEFINITION } from './sagas/fulfilment.js';

export interface OrderCoreOptions {
  readonly sagaStepDeadlineMs: number;
}

/** Orders and their fulfilment, without a way in. Needs the global modules of database, outbox and health. */
@Module({})
export class OrderCoreModule {
  static forRoot({ sagaStepDeadlineMs }: OrderCoreOptions): DynamicModule {
    const definition = fulfilOrder({ stepDeadlineMs: sagaStepDeadlineMs });
    const providers = [Catalogue, Fulfilment, Orders, OrderViews, OrderWatch, OutboxPublication, Timeline];
    return {
      module: OrderCoreModule,
      global: true,
      imports: [SagaModule.forRoot({ definitions: [definition] })],
      providers: [
        ...providers,
        { provide: FULFIL_ORDER_DEFINITION, useValue: definition },
        { provide: COMMAND_PUBLICATION, useExisting: OutboxPublication },
        { provide: SAGA_LISTENER, useExisting: Fulfilment },
      ],
      exports: [...providers, COMMAND_PUBLICATION, SAGA_LISTENER],
    };
  }
}
