import { services } from '@waybill/contracts';
import { readServiceConfig } from '@waybill/service';
import type { Environment, ServiceConfig } from '@waybill/service';

export type InventoryConfig = ServiceConfig;

/** @throws ConfigError naming everything that is missing or wrong. */
export function readInventoryConfig(env: Environment): InventoryConfig {
  return readServiceConfig(env, services.inventory, {});
}
