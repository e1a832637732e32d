import { CancelShipment, CreateShipment, EraseShipment } from '@waybill/contracts';
import { databaseUrl } from '@waybill/database';
import type { Database } from '@waybill/database';
import { receivedMessage } from '@waybill/messaging/testing';
import type { CollectingOutbox } from '@waybill/outbox/testing';
import { makeCalls, startTestService } from '@waybill/service/testing';
import type { TestService } from '@waybill/service/testing';

import type { ShippingConfig } from '../shipping.config.js';
import { ShippingModule } from '../shipping.module.js';
import { CancelShipments } from '../use-cases/cancel-shipments.js';
import { CreateShipments } from '../use-cases/create-shipments.js';
import { EraseShipments } from '../use-cases/erase-shipments.js';
import { ListShipments } from '../use-cases/list-shipments.js';

/** The shipping service's use cases on real databases, without a broker. */
export class ShippingHarness {
  private constructor(private readonly service: TestService<ShippingConfig>) {}

  static async start(): Promise<ShippingHarness> {
    return new ShippingHarness(await startTestService(ShippingModule));
  }

  stop(): Promise<void> {
    return this.service.stop();
  }

  get database(): Database {
    return this.service.database;
  }

  get outbox(): CollectingOutbox {
    return this.service.outbox;
  }

  /** Of the carrier's own database. */
  get ledgerUrl(): string {
    const { config } = this.service;
    return databaseUrl(config.databaseUrl, config.carrierDatabase);
  }

  /** Handles one CreateShipment per order. @returns what the carrier failed with. */
  create(postalCode: string, ...orderIds: readonly string[]): Promise<readonly unknown[]> {
    const address = { name: 'Ada Example', line1: '1 Example Street', city: 'Exampleton', postalCode, country: 'DE' };
    const items = [{ sku: 'SKU-1', quantity: 2 }];
    const commands = orderIds.map((orderId) =>
      receivedMessage(CreateShipment, { key: orderId, data: { orderId, items, address } }),
    );
    return makeCalls(this.database, commands, (messages, tx) =>
      this.service.app.get(CreateShipments).prepare(messages, tx),
    );
  }

  /** Handles one CancelShipment per order. @returns what the carrier failed with. */
  cancel(...orderIds: readonly string[]): Promise<readonly unknown[]> {
    const commands = orderIds.map((orderId) =>
      receivedMessage(CancelShipment, { key: orderId, data: { orderId, reason: 'Cancelled' } }),
    );
    return makeCalls(this.database, commands, (messages, tx) =>
      this.service.app.get(CancelShipments).prepare(messages, tx),
    );
  }

  async erase(...orderIds: readonly string[]): Promise<void> {
    const commands = orderIds.map((orderId) => receivedMessage(EraseShipment, { key: orderId, data: { orderId } }));
    await this.database.transaction((tx) => this.service.app.get(EraseShipments).execute(commands, tx));
  }

  async statusOf(orderId: string): Promise<readonly string[]> {
    return (await this.service.app.get(ListShipments).ofOrder(orderId)).map(({ status }) => status);
  }
}
