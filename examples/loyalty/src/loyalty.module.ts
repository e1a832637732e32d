import { Module } from '@nestjs/common';
import type { DynamicModule } from '@nestjs/common';
import { PaymentCharged, topics } from '@waybill/contracts';
import { ServiceModule } from '@waybill/service';
import type { ServiceOptions } from '@waybill/service';

import { PointsController } from './http/points.controller.js';
import { readLoyaltyConfig } from './loyalty.config.js';
import type { LoyaltyConfig } from './loyalty.config.js';
import { LOYALTY_EVENTS, PointsCredited } from './messaging/loyalty.events.js';
import { PaymentsController } from './messaging/payments.controller.js';
import { CreatePoints1795600000500 } from './persistence/create-points.js';
import { MINOR_UNITS_PER_POINT, Points } from './persistence/points.js';

/** Points for what has been paid. */
@Module({})
export class LoyaltyModule {
  static readonly readConfig = readLoyaltyConfig;

  static readonly service: ServiceOptions = {
    name: 'loyalty',
    description: 'Gives points for payments',
    topics: [topics.paymentEvents, LOYALTY_EVENTS],
    handles: [PaymentCharged],
    sends: [PointsCredited],
    entities: [],
    migrations: [CreatePoints1795600000500],
  };

  static forRoot(config: LoyaltyConfig): DynamicModule {
    return {
      module: LoyaltyModule,
      imports: [ServiceModule.forRoot(LoyaltyModule.service, config)],
      controllers: [PointsController, PaymentsController],
      providers: [Points, { provide: MINOR_UNITS_PER_POINT, useValue: config.minorUnitsPerPoint }],
    };
  }
}
