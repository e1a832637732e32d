import { Module } from '@nestjs/common';
import { CqrsModule } from '@nestjs/cqrs';

import { AdminSagasController } from './http/admin-sagas.controller.js';
import { OrdersController } from './http/orders.controller.js';
import { SagasController } from './http/sagas.controller.js';
import { CatalogueHealth } from './persistence/catalogue.health.js';
import { CancelOrderHandler } from './use-cases/cancel-order.js';
import { GetOrderHandler } from './use-cases/get-order.js';
import { GetSagaHandler } from './use-cases/get-saga.js';
import { GetTimelineHandler } from './use-cases/get-timeline.js';
import { ListOrdersHandler } from './use-cases/list-orders.js';
import { PlaceOrderHandler } from './use-cases/place-order.js';

/** The REST interface: controllers, and the commands and queries behind them. */
@Module({
  imports: [CqrsModule.forRoot()],
  controllers: [AdminSagasController, OrdersController, SagasController],
  providers: [
    CancelOrderHandler,
    CatalogueHealth,
    GetOrderHandler,
    GetSagaHandler,
    GetTimelineHandler,
    ListOrdersHandler,
    PlaceOrderHandler,
  ],
})
export class OrderHttpModule {}
