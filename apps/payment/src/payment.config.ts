import { services } from '@waybill/contracts';
import { readServiceConfig } from '@waybill/service';
import type { Environment, ServiceConfig } from '@waybill/service';

export interface PaymentConfig extends ServiceConfig {
  /** Name of the database of the simulated payment provider. */
  readonly providerDatabase: string;
}

/** @throws ConfigError naming everything that is missing or wrong. */
export function readPaymentConfig(env: Environment): PaymentConfig {
  const config = readServiceConfig(env, services.payment, {});
  return { ...config, providerDatabase: `${config.databasePrefix}payment_provider` };
}
