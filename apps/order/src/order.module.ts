import { Module } from '@nestjs/common';
import type { DynamicModule } from '@nestjs/common';
import { CqrsModule } from '@nestjs/cqrs';
import { ConsoleModule } from '@waybill/console';
import { allContracts, topics } from '@waybill/contracts';
import { eventStoreMigrations } from '@waybill/event-store';
import { SAGA_LISTENER, sagaMigrations, SagaModule } from '@waybill/saga';
import { ServiceModule } from '@waybill/service';
import type { ServiceOptions } from '@waybill/service';

import { AdminProjectionsController } from './http/admin-projections.controller.js';
import { AdminSagasController } from './http/admin-sagas.controller.js';
import { CustomersController } from './http/customers.controller.js';
import { ErasuresController } from './http/erasures.controller.js';
import { orderProblem } from './http/order-problems.js';
import { OrdersController } from './http/orders.controller.js';
import { OrphansController } from './http/orphans.controller.js';
import { SagasController } from './http/sagas.controller.js';
import { SalesController } from './http/sales.controller.js';
import { CatalogueRequest } from './messaging/catalogue-request.js';
import { CatalogueController } from './messaging/catalogue.controller.js';
import { ErasureConfirmationsController } from './messaging/erasure-confirmations.controller.js';
import { readOrderConfig } from './order.config.js';
import type { OrderConfig } from './order.config.js';
import { CatalogueHealth } from './persistence/catalogue.health.js';
import { Catalogue } from './persistence/catalogue.postgres.js';
import { CustomerOrders } from './persistence/customer-orders.postgres.js';
import { Sales } from './persistence/daily-sales.postgres.js';
import { EndedOrdersChannel } from './persistence/ended-orders.channel.js';
import { ErasedPayloads } from './persistence/erased-payloads.js';
import { ErasedRecords } from './persistence/erased-records.js';
import { Erasures } from './persistence/erasures.postgres.js';
import { CreateErasures1797290300100 } from './persistence/migrations/create-erasures.js';
import { CreateOrderProjections1797300000200 } from './persistence/migrations/create-order-projections.js';
import { CreateOrderTables1795600000100 } from './persistence/migrations/create-order-tables.js';
import { IndexOrderLists1797700000100 } from './persistence/migrations/index-order-lists.js';
import { IndexPendingErasures1797710000100 } from './persistence/migrations/index-pending-erasures.js';
import { KeepListsOffTheKey1797600000100 } from './persistence/migrations/keep-lists-off-the-key.js';
import { ListOrdersOfErasures1797300000300 } from './persistence/migrations/list-orders-of-erasures.js';
import { RecordTimelineByTransaction1797000000100 } from './persistence/migrations/record-timeline-by-transaction.js';
import { WidenCatalogueRevisions1796200000100 } from './persistence/migrations/widen-catalogue-revisions.js';
import { OrderProjections } from './persistence/order-projections.js';
import { OrderViews } from './persistence/order-view.postgres.js';
import { OrderWatch } from './persistence/order-watch.js';
import { OrderEntity } from './persistence/order.entity.js';
import { Orders } from './persistence/orders.postgres.js';
import { Timeline } from './persistence/timeline.postgres.js';
import { fulfilOrder } from './sagas/fulfil-order.saga.js';
import { Fulfilment } from './sagas/fulfilment.js';
import { AwaitOrderHandler } from './use-cases/await-order.js';
import { CancelOrderHandler } from './use-cases/cancel-order.js';
import { CancelRebuildHandler } from './use-cases/cancel-rebuild.js';
import { EraseOrdersHandler } from './use-cases/erase-orders.js';
import { GetOrderHandler } from './use-cases/get-order.js';
import { GetSagaHandler } from './use-cases/get-saga.js';
import { GetTimelineHandler } from './use-cases/get-timeline.js';
import { ListCustomerOrdersHandler } from './use-cases/list-customer-orders.js';
import { ListDailySalesHandler } from './use-cases/list-daily-sales.js';
import { ListErasedOrdersHandler, ListErasuresHandler } from './use-cases/list-erasures.js';
import { ListOrdersHandler } from './use-cases/list-orders.js';
import { ListOrphansHandler } from './use-cases/list-orphans.js';
import { ListProjectionsHandler } from './use-cases/list-projections.js';
import { ListSagasHandler } from './use-cases/list-sagas.js';
import { OperateSagaHandler } from './use-cases/operate-saga.js';
import { PlaceOrderHandler } from './use-cases/place-order.js';
import { RebuildProjectionHandler } from './use-cases/rebuild-projection.js';
import { RecoverOrderHandler } from './use-cases/recover-order.js';

/** Replies of participants are handled by SagaModule. */
const controllers = [
  AdminProjectionsController,
  AdminSagasController,
  ErasuresController,
  OrdersController,
  CustomersController,
  OrphansController,
  SagasController,
  SalesController,
  CatalogueController,
  ErasureConfirmationsController,
];
const useCases = [
  AwaitOrderHandler,
  CancelOrderHandler,
  CancelRebuildHandler,
  EraseOrdersHandler,
  GetOrderHandler,
  GetSagaHandler,
  GetTimelineHandler,
  ListCustomerOrdersHandler,
  ListDailySalesHandler,
  ListErasedOrdersHandler,
  ListErasuresHandler,
  ListOrdersHandler,
  ListOrphansHandler,
  ListSagasHandler,
  OperateSagaHandler,
  ListProjectionsHandler,
  PlaceOrderHandler,
  RebuildProjectionHandler,
  RecoverOrderHandler,
];
const persistence = [
  Catalogue,
  CatalogueHealth,
  CustomerOrders,
  EndedOrdersChannel,
  ErasedPayloads,
  ErasedRecords,
  Erasures,
  OrderProjections,
  OrderViews,
  OrderWatch,
  Orders,
  Sales,
  Timeline,
];

/** `npm run build` puts the page there. */
const CONSOLE_ASSETS = 'dist/console';

/** The order service: orders, and the saga that carries them to their end. */
@Module({})
export class OrderModule {
  static readonly readConfig = readOrderConfig;

  static readonly service: ServiceOptions = {
    name: 'order',
    description: 'Takes orders and carries them to their end',
    topics: Object.values(topics),
    handles: allContracts.filter(({ kind }) => kind === 'event'),
    sends: allContracts.filter(({ kind }) => kind === 'command'),
    entities: [OrderEntity],
    migrations: [
      ...eventStoreMigrations,
      ...sagaMigrations,
      CreateOrderTables1795600000100,
      WidenCatalogueRevisions1796200000100,
      RecordTimelineByTransaction1797000000100,
      CreateErasures1797290300100,
      CreateOrderProjections1797300000200,
      ListOrdersOfErasures1797300000300,
      KeepListsOffTheKey1797600000100,
      IndexOrderLists1797700000100,
      IndexPendingErasures1797710000100,
    ],
    operatorsPaths: ['/sagas', '/sales'],
    // Replies are matched by the command that they answer, products by their revision: a dead one must not hold up the next.
    deadLettersHoldKeys: false,
    translateError: orderProblem,
  };

  static forRoot(config: OrderConfig): DynamicModule {
    return {
      module: OrderModule,
      global: true, // SagaModule finds the listener here
      imports: [
        ServiceModule.forRoot(OrderModule.service, config),
        SagaModule.forRoot({ definitions: [fulfilOrder({ stepDeadlineMs: config.sagaStepDeadlineMs })] }),
        CqrsModule.forRoot(),
        ...consoleOf(config),
      ],
      controllers,
      providers: [
        ...persistence,
        ...useCases,
        CatalogueRequest,
        Fulfilment,
        { provide: SAGA_LISTENER, useExisting: Fulfilment },
      ],
      exports: [SAGA_LISTENER],
    };
  }
}

/** The page for people, where it is wanted. */
function consoleOf(config: OrderConfig): readonly DynamicModule[] {
  if (config.console === 'off') return [];
  // #region console
  return [
    ConsoleModule.forRoot({
      services: [
        { name: 'order', url: config.orderUrl },
        { name: 'payment', url: config.paymentUrl },
        { name: 'inventory', url: config.inventoryUrl },
        { name: 'shipping', url: config.shippingUrl },
      ],
      adminToken: config.adminToken,
      readToken: config.consoleReadToken,
      readOnly: config.console === 'read-only',
      lab: config.labUrl === '' || config.labToken === '' ? undefined : { url: config.labUrl, token: config.labToken },
      assets: CONSOLE_ASSETS,
    }),
  ];
  // #endregion
}
