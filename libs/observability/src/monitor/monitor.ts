import { Inject, Injectable, Logger } from '@nestjs/common';
import type { BeforeApplicationShutdown, OnApplicationBootstrap } from '@nestjs/common';
import type { Counter, Gauge } from 'prom-client';

import { Alerts } from '../alerts/alerts.js';
import { BackgroundLoop } from '../background/background-loop.js';
import { within } from '../background/within.js';
import { describeError } from '../logging/redaction.js';
import { Metrics } from '../metrics/metrics.js';
import type { MonitorSource, Sample } from './monitor-source.js';

export const MONITOR_SETTINGS = Symbol('waybill:monitor-settings');

/** A shutdown waits no longer for a reading or a webhook; an alert that wasn't noted as sent is sent by the next one. */
const STOP_MS = 3_000;

export interface MonitorSettings {
  /** How often the sources are read, in milliseconds. */
  readonly intervalMs: number;
  /** A source that takes longer counts as failed, in milliseconds. */
  readonly sourceTimeoutMs: number;
}

interface Registered {
  readonly source: MonitorSource;
  readonly gauges: ReadonlyMap<string, Gauge>;
  reading: boolean;
  failing: boolean;
}

/**
 * Reads all sources once an interval, in one burst, and never at a scrape: metrics and alerts cost the same however often
 * somebody looks. A source that fails loses its gauges, so that no old value passes for a new one, and is counted.
 */
@Injectable()
export class Monitor implements OnApplicationBootstrap, BeforeApplicationShutdown {
  readonly #logger = new Logger('Monitor');
  readonly #sources: Registered[] = [];
  readonly #failures: Counter<'source'>;
  readonly #loop: BackgroundLoop;

  constructor(
    @Inject(MONITOR_SETTINGS) private readonly settings: MonitorSettings,
    private readonly metrics: Metrics,
    private readonly alerts: Alerts,
  ) {
    const { intervalMs } = settings;
    this.#loop = new BackgroundLoop({
      work: 'measure the service and evaluate its alerts',
      step: () => this.tick(),
      intervalMs,
      firstAfterMs: Math.min(1_000, intervalMs),
      backoff: { baseMs: intervalMs, maxMs: intervalMs },
    });
    this.#failures = metrics.counter('waybill_monitor_failures_total', 'Readings that failed, by source', ['source']);
  }

  /** Call it when the provider is made. @throws TypeError if the name is taken */
  register(source: MonitorSource): void {
    if (this.#sources.some((registered) => registered.source.name === source.name)) {
      throw new TypeError(`Monitor source ${source.name} is registered twice`);
    }
    const gauges = new Map<string, Gauge>(
      source.gauges.map(({ name, help, labels }) => [name, this.metrics.gauge<string>(name, help, labels)]),
    );
    this.#failures.inc({ source: source.name }, 0);
    this.#sources.push({ source, gauges, reading: false, failing: false });
  }

  onApplicationBootstrap(): void {
    this.#loop.start();
  }

  async beforeApplicationShutdown(): Promise<void> {
    await within(STOP_MS, Promise.all([this.#loop.stop(), this.alerts.stop()])).catch(() => {}); // the next one does it
  }

  /** One reading of everything. Rejects if the alerts can't be evaluated. */
  async tick(): Promise<void> {
    const readings = await Promise.all(this.#sources.map((registered) => this.#read(registered)));
    const samples = readings.flatMap((reading) => reading ?? []);
    const measured = new Set(
      this.#sources.flatMap(({ source }, index) => (readings[index] ? source.gauges.map(({ name }) => name) : [])),
    );
    try {
      await this.alerts.evaluate(samples, measured);
    } finally {
      void this.alerts.deliver();
    }
  }

  /** @returns undefined if the source can't say */
  async #read(registered: Registered): Promise<readonly Sample[] | undefined> {
    const { source, gauges } = registered;
    try {
      const samples = await this.#readInTime(registered);
      for (const gauge of gauges.values()) gauge.reset();
      for (const { metric, labels, value } of samples) gauges.get(metric)?.set(labels, value);
      if (registered.failing) this.#logger.log({ message: 'A monitor source answers again', source: source.name });
      registered.failing = false;
      return samples;
    } catch (error) {
      for (const gauge of gauges.values()) gauge.reset();
      this.#failures.inc({ source: source.name });
      if (!registered.failing) {
        const described = describeError(error);
        this.#logger.warn({ message: 'A monitor source fails', source: source.name, error: described });
      }
      registered.failing = true;
      return undefined;
    }
  }

  async #readInTime(registered: Registered): Promise<readonly Sample[]> {
    const { sourceTimeoutMs } = this.settings;
    if (registered.reading) throw new Error('The previous reading has not ended yet');
    registered.reading = true;
    const reading = Promise.resolve()
      .then(() => registered.source.read())
      .finally(() => (registered.reading = false));
    return within(sourceTimeoutMs, reading);
  }
}
