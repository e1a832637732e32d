import { Injectable } from '@nestjs/common';
import type { BeforeApplicationShutdown, OnApplicationBootstrap } from '@nestjs/common';
import { Database } from '@waybill/database';
import { Projections } from '@waybill/event-store';
import type { Projection } from '@waybill/event-store';
import { Monitor } from '@waybill/observability';

import type { OrderEvent } from '../domain/order.events.js';
import { customerOrders } from './customer-orders.postgres.js';
import { dailySales } from './daily-sales.postgres.js';
import { orderEventStore } from './order-event-store.js';
import { upsertOrderViews } from './order-view.postgres.js';
import { ordersAfter } from './orders-after.js';

/** What GET /orders reads. `Orders` writes it together with the events; this makes the same rows of the events alone. */
const orderViews: Projection<OrderEvent> = {
  name: 'order-view',
  tables: ['order_view'],
  streams: [orderEventStore.stream],
  lifecycle: 'inline',
  project: async (events, tx) => upsertOrderViews(tx, await ordersAfter(tx, events)),
};

/** The projections of orders, as long as the service runs. */
@Injectable()
export class OrderProjections extends Projections implements OnApplicationBootstrap, BeforeApplicationShutdown {
  constructor(database: Database, monitor: Monitor) {
    super(database, [orderViews, customerOrders, dailySales]);
    monitor.register(this.monitor);
  }

  onApplicationBootstrap(): Promise<void> {
    return this.start();
  }

  beforeApplicationShutdown(): Promise<void> {
    return this.stop();
  }
}
