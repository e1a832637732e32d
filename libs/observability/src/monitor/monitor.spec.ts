import { Injectable, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';

import type { Alert, AlertPort } from '../alerts/alert.js';
import { readConfig } from '../config/read-config.js';
import { Metrics } from '../metrics/metrics.js';
import { MetricsModule } from '../metrics/metrics.module.js';
import { monitorFaults, monitorSettings } from './monitor-config.js';
import type { MonitorSource, Sample } from './monitor-source.js';
import { Monitor } from './monitor.js';
import { MonitorModule } from './monitor.module.js';

class Backlog implements MonitorSource {
  readonly name = 'backlog';
  readonly gauges = [{ name: 'waybill_dead_letters', help: 'Letters', labels: ['group'] }];
  reads = 0;
  answer: () => Promise<readonly Sample[]> = async () => [];

  read(): Promise<readonly Sample[]> {
    this.reads += 1;
    return this.answer();
  }
}

const letters = (value: number) => async (): Promise<readonly Sample[]> => [
  { metric: 'waybill_dead_letters', labels: { group: 'g' }, value },
];

const config = readConfig({}, monitorSettings);

async function start(service: { config?: typeof config } = {}) {
  const told: string[] = [];
  const channel: AlertPort = { send: async ({ rule, state }: Alert) => void told.push(`${rule} ${state}`) };
  const source = new Backlog();
  @Injectable()
  class Owner {
    constructor(monitor: Monitor) {
      monitor.register(source);
    }
  }
  const monitoring = MonitorModule.forRoot({ service: 'test', config: service.config ?? config, channels: [channel] });
  @Module({ imports: [MetricsModule.forRoot(), monitoring], providers: [Owner] })
  class App {}
  const app = await NestFactory.createApplicationContext(App, { logger: false });
  return { app, source, told, monitor: app.get(Monitor), text: () => app.get(Metrics).expose() };
}

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setTimeout(resolve, 1));
}

describe('the monitor', () => {
  it('measures once an interval, however often the metrics are read', async () => {
    const { app, source, monitor, text } = await start();
    source.answer = letters(3);
    await monitor.tick();
    expect(await text()).toContain('waybill_dead_letters{group="g"} 3');
    await Promise.all(Array.from({ length: 20 }, text));
    expect(source.reads).toBe(1);
    await app.close();
  });

  it('shows a person who looks what is measured now, once a second at most, and raises no alert for it', async () => {
    const { app, source, monitor, told } = await start();
    source.answer = letters(10_000);
    const looks = await Promise.all(Array.from({ length: 20 }, () => monitor.look()));
    expect(source.reads).toBe(1);
    expect(new Set(looks).size).toBe(1);
    expect(looks[0]?.service).toBe('test');
    expect(looks[0]?.samples).toContainEqual({ metric: 'waybill_dead_letters', labels: { group: 'g' }, value: 10_000 });
    const failures = { metric: 'waybill_monitor_failures_total', labels: { source: 'backlog' }, value: 0 };
    expect(looks[0]?.samples).toContainEqual(failures);
    expect(told).toEqual([]);
    await app.close();
  });

  it('tells a person who looks which source can not say', async () => {
    const { app, source, monitor } = await start();
    source.answer = async () => Promise.reject(new Error('away'));
    expect(await monitor.look()).toMatchObject({ unavailable: ['backlog'] });
    await app.close();
  });

  it('measures at its interval while a source hangs for a person who looks', async () => {
    const { app, source, monitor, text } = await start();
    source.answer = () => new Promise(() => {});
    void monitor.look();
    await until(() => source.reads > 0);
    source.answer = letters(3);
    await monitor.tick();
    expect(await text()).toContain('waybill_dead_letters{group="g"} 3');
    await app.close();
  });

  it('exports no old value of a source that fails, counts it, and continues with the others', async () => {
    const { app, source, monitor, text } = await start();
    const other = { name: 'other', gauges: [{ name: 'waybill_x', help: 'x', labels: ['l'] }] };
    monitor.register({ ...other, read: async () => [{ metric: 'waybill_x', labels: { l: '1' }, value: 4 }] });
    source.answer = letters(3);
    await monitor.tick();
    source.answer = () => Promise.reject(new Error('The database is away'));
    await monitor.tick();
    const exposed = await text();
    expect(exposed).not.toContain('waybill_dead_letters{');
    expect(exposed).toContain('waybill_x{l="1"} 4');
    expect(exposed).toContain('waybill_monitor_failures_total{source="backlog"} 1');
    expect(exposed).toContain('waybill_monitor_failures_total{source="other"} 0');
    await app.close();
  });

  it('lets a label vanish that nothing is behind any more', async () => {
    const { app, source, monitor, text } = await start();
    source.answer = letters(3);
    await monitor.tick();
    source.answer = async () => [];
    await monitor.tick();
    expect(await text()).not.toContain('waybill_dead_letters{');
    await app.close();
  });

  it('reads and alerts by itself from the start of the application to its end', async () => {
    const { app, source, told } = await start({ config: { ...config, monitorIntervalMs: 5 } });
    source.answer = letters(1_000);
    const deadline = Date.now() + 5_000;
    while ((source.reads < 3 || told.length === 0) && Date.now() < deadline) {
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    await app.close();
    const { reads } = source;
    expect(reads).toBeGreaterThanOrEqual(3);
    await new Promise((resolve) => setTimeout(resolve, 30));
    expect(source.reads).toBe(reads);
    expect(told).toEqual(['dead-letters firing']);
  });

  it('refuses two sources of one name', async () => {
    const { app, source, monitor } = await start();
    expect(() => monitor.register(source)).toThrow(/registered twice/);
    await app.close();
  });
});

describe('the settings of the monitor', () => {
  it('are refused at boot, all at once, without showing the secret', () => {
    const env = {
      MONITOR_INTERVAL_MS: '15s',
      ALERT_LAG_MS: '-1',
      ALERT_DEAD_LETTERS: 'NaN',
      ALERT_WEBHOOK_SECRET: 'hunter2',
    };
    const read = () => readConfig(env, monitorSettings, [monitorFaults]);
    expect(read).toThrow(
      /MONITOR_INTERVAL_MS[\s\S]*ALERT_WEBHOOK_SECRET[\s\S]*ALERT_DEAD_LETTERS[\s\S]*ALERT_LAG_MS[\s\S]*ALERT_WEBHOOK_URL must be a URL, but is missing/,
    );
    expect(read).not.toThrow(/hunter2/);
  });

  it('want a secret with a webhook', () => {
    const env = { ALERT_WEBHOOK_URL: 'https://alerts.example/hook' };
    expect(() => readConfig(env, monitorSettings, [monitorFaults])).toThrow(
      /ALERT_WEBHOOK_SECRET must be .*, but is missing/,
    );
  });

  it('do without a webhook', () => {
    expect(readConfig({}, monitorSettings, [monitorFaults])).toMatchObject({ monitorIntervalMs: 15_000 });
  });
});
