import { Module } from '@nestjs/common';
import type { DynamicModule } from '@nestjs/common';
import {
  ErasePayment,
  PaymentCharged,
  PaymentDeclined,
  PaymentErased,
  PaymentRefunded,
  ProcessPayment,
  RefundFailed,
  RefundPayment,
  topics,
} from '@waybill/contracts';
import { ServiceModule } from '@waybill/service';
import type { ServiceOptions } from '@waybill/service';

import { PAYMENT_GATEWAY } from './gateway/payment-gateway.js';
import { PaymentGatewaySimulator } from './gateway/simulator/payment-gateway.simulator.js';
import { PaymentController } from './http/payment.controller.js';
import { PaymentCommandsController } from './messaging/payment-commands.controller.js';
import { readPaymentConfig } from './payment.config.js';
import type { PaymentConfig } from './payment.config.js';
import { CreatePayment1795600000200 } from './persistence/migrations/create-payment.js';
import { PaymentEntity } from './persistence/payment.entity.js';
import { PaymentRepository } from './persistence/payment.repository.postgres.js';
import { ErasePayments } from './use-cases/erase-payments.js';
import { ListPayments } from './use-cases/list-payments.js';
import { ProcessPayments } from './use-cases/process-payments.js';
import { RefundPayments } from './use-cases/refund-payments.js';

/** The payment service. */
@Module({})
export class PaymentModule {
  static readonly readConfig = readPaymentConfig;

  static readonly service: ServiceOptions = {
    name: 'payment',
    description: 'Charges payments and refunds them',
    topics: [topics.paymentCommands, topics.paymentEvents],
    handles: [ProcessPayment, RefundPayment, ErasePayment],
    sends: [PaymentCharged, PaymentDeclined, PaymentRefunded, RefundFailed, PaymentErased],
    entities: [PaymentEntity],
    migrations: [CreatePayment1795600000200],
    operatorsPaths: ['/payments'],
  };

  static forRoot(config: PaymentConfig): DynamicModule {
    return {
      module: PaymentModule,
      imports: [ServiceModule.forRoot(PaymentModule.service, config)],
      controllers: [PaymentController, PaymentCommandsController],
      providers: [
        {
          provide: PAYMENT_GATEWAY,
          useFactory: () => PaymentGatewaySimulator.open(config.databaseUrl, config.providerDatabase),
        },
        ErasePayments,
        ListPayments,
        PaymentRepository,
        ProcessPayments,
        RefundPayments,
      ],
    };
  }
}
