import { consoleSettings } from '@waybill/console';
import { services } from '@waybill/contracts';
import { setting } from '@waybill/observability';
import type { ConfigOf } from '@waybill/observability';
import { readServiceConfig } from '@waybill/service';
import type { Environment, ServiceConfig } from '@waybill/service';

export interface OrderConfig extends ServiceConfig, ConfigOf<typeof consoleSettings> {
  /** How long a participant may take to answer once its command is published. */
  readonly sagaStepDeadlineMs: number;
}

/** @throws ConfigError naming everything that is missing or wrong. */
export function readOrderConfig(env: Environment): OrderConfig {
  return readServiceConfig(env, services.order, {
    ...consoleSettings,
    sagaStepDeadlineMs: setting.durationMs('SAGA_STEP_DEADLINE_MS', { min: 1_000, default: 60_000 }),
  });
}
