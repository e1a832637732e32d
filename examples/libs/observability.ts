import { Logger } from '@nestjs/common';
import {
  createLogger,
  currentContext,
  LOG_LEVELS,
  NestLogger,
  readConfig,
  runWithContext,
  setting,
} from '@waybill/observability';
import type { Metrics, WorkContext } from '@waybill/observability';

// #region config
/** @throws ConfigError naming everything that is missing or wrong. */
export const readShopConfig = (env: NodeJS.ProcessEnv) =>
  readConfig(env, {
    port: setting.port('SHOP_PORT', { default: 3001 }),
    brokers: setting.list('KAFKA_BROKERS', { default: ['127.0.0.1:9092'] }),
    databaseUrl: setting.url('DATABASE_URL', { protocols: ['postgres:', 'postgresql:'] }),
    sweepIntervalMs: setting.durationMs('SWEEP_INTERVAL_MS', { min: 1, default: 60_000 }),
    logLevel: setting.oneOf('LOG_LEVEL', LOG_LEVELS, { default: 'info' }),
  });
// #endregion

export function logs(
  app: { useLogger(logger: NestLogger): void },
  orderId: string,
  context: WorkContext,
): string | undefined {
  // #region logs
  const logger = createLogger({ service: 'shop', level: 'info' }); // pino, JSON lines
  app.useLogger(new NestLogger(logger));
  new Logger('Orders').log({ message: 'Order placed', orderId }); // Nest's own logger: a constant message, ids

  return runWithContext(context, () => currentContext()?.correlationId); // anywhere below
  // #endregion
}

export function measures(metrics: Metrics, count: () => Promise<number>): void {
  // #region metrics
  metrics.counter('orders_placed_total', 'Orders accepted').inc();
  metrics.gauge('outbox_backlog', 'Unpublished rows', [], async (gauge) => gauge.set(await count())); // read at scrape
  // #endregion
}
