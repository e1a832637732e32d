import { services } from '@waybill/contracts';
import { readServiceConfig } from '@waybill/service';
import type { Environment, ServiceConfig } from '@waybill/service';

export interface ShippingConfig extends ServiceConfig {
  /** Name of the database of the simulated carrier. */
  readonly carrierDatabase: string;
}

/** @throws ConfigError naming everything that is missing or wrong. */
export function readShippingConfig(env: Environment): ShippingConfig {
  const config = readServiceConfig(env, services.shipping, {});
  return { ...config, carrierDatabase: `${config.databasePrefix}carrier` };
}
