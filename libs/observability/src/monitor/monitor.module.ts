import { Module } from '@nestjs/common';
import type { DynamicModule, FactoryProvider, Type } from '@nestjs/common';

import { AlertChannels } from '../alerts/alert-channels.js';
import type { AlertRule } from '../alerts/alert-rule.js';
import type { AlertPort } from '../alerts/alert.js';
import { Alerts } from '../alerts/alerts.js';
import { defaultRules } from '../alerts/default-rules.js';
import { InMemoryIncidents } from '../alerts/in-memory-incidents.js';
import { INCIDENT_STORE } from '../alerts/incident-store.js';
import type { IncidentStore } from '../alerts/incident-store.js';
import { IncidentsController } from '../alerts/incidents.controller.js';
import { LogAlerts } from '../alerts/log-alerts.js';
import { WebhookAlerts } from '../alerts/webhook-alerts.js';
import { failureLog } from '../background/failure-log.js';
import type { MonitorConfig } from './monitor-config.js';
import { Monitor, MONITOR_SETTINGS } from './monitor.js';
import type { MonitorSettings } from './monitor.js';
import { OpenIncidentsSource } from './open-incidents.source.js';
import { OverviewController } from './overview.controller.js';

const SENDING = 'send alerts';

export interface MonitorModuleOptions {
  /** The service's name, in every alert. */
  readonly service: string;
  readonly config: MonitorConfig;
  /** An injectable class that keeps incidents for all replicas and across restarts, from a global module. @default in memory */
  readonly incidents?: Type<IncidentStore>;
  /** Beside those that the libs' metrics have. @default none */
  readonly rules?: readonly AlertRule[];
  /** Beside the log and the webhook. @default none */
  readonly channels?: readonly AlertPort[];
}

/**
 * Measures the service once an interval and tells people of incidents. Libs register what they measure with the
 * {@link Monitor}, where there is one. Serves `/admin/overview` and `/admin/incidents`; the application that imports it guards `/admin`. Needs MetricsModule.
 */
@Module({})
export class MonitorModule {
  static forRoot(options: MonitorModuleOptions): DynamicModule {
    const { config, incidents } = options;
    const settings: MonitorSettings = {
      service: options.service,
      intervalMs: config.monitorIntervalMs,
      sourceTimeoutMs: 10_000,
      // Another replica may see what this one doesn't; it says so once an interval.
      resolveAfterMs: Math.max(config.alertResolveAfterMs, 2 * config.monitorIntervalMs),
    };
    return {
      module: MonitorModule,
      global: true,
      controllers: [OverviewController, IncidentsController],
      providers: [
        { provide: MONITOR_SETTINGS, useValue: settings },
        incidents
          ? { provide: INCIDENT_STORE, useExisting: incidents }
          : { provide: INCIDENT_STORE, useFactory: () => new InMemoryIncidents() },
        alertsProvider(options, settings),
        Monitor,
        OpenIncidentsSource,
      ],
      exports: [Monitor],
    };
  }
}

function alertsProvider(
  { service, config, rules = [], channels = [] }: MonitorModuleOptions,
  { resolveAfterMs }: MonitorSettings,
) {
  const webhook =
    config.alertWebhookUrl === ''
      ? []
      : [new WebhookAlerts({ url: config.alertWebhookUrl, secret: config.alertWebhookSecret })];
  const port = new AlertChannels([new LogAlerts(), ...webhook, ...channels]);
  const provider: FactoryProvider<Alerts> = {
    provide: Alerts,
    inject: [INCIDENT_STORE],
    useFactory: (store: IncidentStore) =>
      new Alerts({
        service,
        rules: [...defaultRules(config), ...rules],
        incidents: store,
        port: {
          send: async (alert) => {
            await port.send(alert);
            failureLog.succeeded(SENDING);
          },
        },
        resolveAfterMs,
        onFailure: (error) => failureLog.failed(SENDING, error),
      }),
  };
  return provider;
}
