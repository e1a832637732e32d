import { setting } from '@waybill/observability';
import { readServiceConfig } from '@waybill/service';
import type { Environment, ServiceConfig } from '@waybill/service';

export interface LoyaltyConfig extends ServiceConfig {
  readonly minorUnitsPerPoint: number;
}

/** @throws ConfigError naming everything that is missing or wrong. */
export function readLoyaltyConfig(env: Environment): LoyaltyConfig {
  return readServiceConfig(
    env,
    { name: 'loyalty', port: 3005 },
    {
      minorUnitsPerPoint: setting.int('MINOR_UNITS_PER_POINT', { min: 1, max: 100_000, default: 100 }),
    },
  );
}
