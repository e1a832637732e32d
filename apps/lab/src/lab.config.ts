import { consoleSettings } from '@waybill/console';
import { assertNoFaults, setting } from '@waybill/observability';
import type { ConfigOf } from '@waybill/observability';
import { readServiceConfig } from '@waybill/service';
import type { Environment, ServiceConfig } from '@waybill/service';

const own = {
  /** Made by `npm start` for this one start: without it there is no lab. */
  labToken: setting.text('LAB_TOKEN', { pattern: /^[\x21-\x7e]{24,200}$/, secret: true }),
  orderUrl: consoleSettings.orderUrl,
  paymentUrl: consoleSettings.paymentUrl,
  inventoryUrl: consoleSettings.inventoryUrl,
  shippingUrl: consoleSettings.shippingUrl,
};

/** What the lab is told by `npm start`, and nobody else: where everything is that it looks at and breaks. */
export interface LabConfig extends ServiceConfig, ConfigOf<typeof own> {}

/** @throws ConfigError naming everything that is missing or wrong. */
export function readLabConfig(env: Environment): LabConfig {
  // The image sets it; npm start hands on nothing of the kind.
  assertNoFaults(
    env['NODE_ENV'] === 'production'
      ? ['NODE_ENV is production: the lab breaks things, and runs with npm start alone']
      : [],
  );
  return readServiceConfig(env, { name: 'lab', port: 0 }, own);
}
