import { Test } from '@nestjs/testing';
import type { TestingModule } from '@nestjs/testing';
import { CancelShipment, CreateShipment } from '@waybill/contracts';
import { Database, DatabaseModule } from '@waybill/database';
import { createTestDatabase, testDatabaseServer } from '@waybill/embedded/testing';
import { Outbox } from '@waybill/outbox';

import { CARRIER } from '../gateway/carrier.js';
import { CarrierSimulator } from '../gateway/simulator/carrier.simulator.js';
import { CreateShipment1795600000400 } from '../persistence/migrations/create-shipment.js';
import { ShipmentEntity } from '../persistence/shipment.entity.js';
import { ShipmentRepository } from '../persistence/shipment.repository.postgres.js';
import { CancelShipments } from '../use-cases/cancel-shipments.js';
import { CreateShipments } from '../use-cases/create-shipments.js';
import { ListShipments } from '../use-cases/list-shipments.js';
import { CollectingOutbox } from './collecting-outbox.js';
import { makeCalls } from './make-calls.js';
import { received } from './received.js';

const nameOf = (url: string) => new URL(url).pathname.slice(1);

/** The shipping service's use cases on real databases, without a broker. */
export class ShippingHarness {
  private constructor(
    private readonly module: TestingModule,
    readonly outbox: CollectingOutbox,
    private readonly drop: () => Promise<void>,
    readonly ledgerUrl: string,
  ) {}

  static async start(): Promise<ShippingHarness> {
    const [own, carrier] = await Promise.all([createTestDatabase('shipping'), createTestDatabase('carrier')]);
    const outbox = new CollectingOutbox();
    const module = await Test.createTestingModule({
      imports: [
        DatabaseModule.forRoot({
          serverUrl: testDatabaseServer(),
          database: nameOf(own.url),
          entities: [ShipmentEntity],
          migrations: [CreateShipment1795600000400],
        }),
      ],
      providers: [
        CancelShipments,
        CreateShipments,
        ListShipments,
        ShipmentRepository,
        { provide: Outbox, useValue: outbox },
        { provide: CARRIER, useFactory: () => CarrierSimulator.open(testDatabaseServer(), nameOf(carrier.url)) },
      ],
    }).compile();
    await module.init();
    const drop = async () => void (await Promise.all([own.drop(), carrier.drop()]));
    return new ShippingHarness(module, outbox, drop, carrier.url);
  }

  async stop(): Promise<void> {
    await this.module.close();
    await this.drop();
  }

  get database(): Database {
    return this.module.get(Database);
  }

  /** Handles one CreateShipment per order. @returns what the carrier failed with. */
  create(postalCode: string, ...orderIds: readonly string[]): Promise<readonly unknown[]> {
    const address = { name: 'Ada Example', line1: '1 Example Street', city: 'Exampleton', postalCode, country: 'DE' };
    const items = [{ sku: 'SKU-1', quantity: 2 }];
    const commands = orderIds.map((orderId) => received(CreateShipment, { orderId, items, address }));
    return makeCalls(this.database, commands, (messages, tx) => this.module.get(CreateShipments).prepare(messages, tx));
  }

  /** Handles one CancelShipment per order. @returns what the carrier failed with. */
  cancel(...orderIds: readonly string[]): Promise<readonly unknown[]> {
    const commands = orderIds.map((orderId) => received(CancelShipment, { orderId, reason: 'Cancelled' }));
    return makeCalls(this.database, commands, (messages, tx) => this.module.get(CancelShipments).prepare(messages, tx));
  }

  async statusOf(orderId: string): Promise<readonly string[]> {
    return (await this.module.get(ListShipments).ofOrder(orderId)).map(({ status }) => status);
  }
}
