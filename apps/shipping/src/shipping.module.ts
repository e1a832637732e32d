import { Module } from '@nestjs/common';
import type { DynamicModule } from '@nestjs/common';
import {
  CancelShipment,
  CancelShipmentFailed,
  CreateShipment,
  EraseShipment,
  ShipmentCancelled,
  ShipmentCreated,
  ShipmentErased,
  ShipmentRefused,
  topics,
} from '@waybill/contracts';
import { ServiceModule } from '@waybill/service';
import type { ServiceOptions } from '@waybill/service';

import { CARRIER } from './gateway/carrier.js';
import { CarrierSimulator } from './gateway/simulator/carrier.simulator.js';
import { ShipmentController } from './http/shipment.controller.js';
import { ShippingCommandsController } from './messaging/shipping-commands.controller.js';
import { CreateShipment1795600000400 } from './persistence/migrations/create-shipment.js';
import { ShipmentEntity } from './persistence/shipment.entity.js';
import { ShipmentRepository } from './persistence/shipment.repository.postgres.js';
import { readShippingConfig } from './shipping.config.js';
import type { ShippingConfig } from './shipping.config.js';
import { CancelShipments } from './use-cases/cancel-shipments.js';
import { CreateShipments } from './use-cases/create-shipments.js';
import { EraseShipments } from './use-cases/erase-shipments.js';
import { ListShipments } from './use-cases/list-shipments.js';

/** The shipping service. */
@Module({})
export class ShippingModule {
  static readonly readConfig = readShippingConfig;

  static readonly service: ServiceOptions = {
    name: 'shipping',
    description: 'Books shipments and cancels them',
    topics: [topics.shippingCommands, topics.shippingEvents],
    handles: [CancelShipment, CreateShipment, EraseShipment],
    sends: [CancelShipmentFailed, ShipmentCancelled, ShipmentCreated, ShipmentRefused, ShipmentErased],
    entities: [ShipmentEntity],
    migrations: [CreateShipment1795600000400],
    operatorsPaths: ['/shipments'],
  };

  static forRoot(config: ShippingConfig): DynamicModule {
    return {
      module: ShippingModule,
      imports: [ServiceModule.forRoot(ShippingModule.service, config)],
      controllers: [ShipmentController, ShippingCommandsController],
      providers: [
        {
          provide: CARRIER,
          useFactory: () => CarrierSimulator.open(config.databaseUrl, config.carrierDatabase),
        },
        CancelShipments,
        CreateShipments,
        EraseShipments,
        ListShipments,
        ShipmentRepository,
      ],
    };
  }
}
