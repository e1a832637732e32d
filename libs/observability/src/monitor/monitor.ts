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

/** What the service measures, at one moment. */
export interface Overview {
  readonly service: string;
  /** ISO 8601. */
  readonly at: string;
  /** What the sources say now, and what `waybill_…` has counted in this process since its start. */
  readonly samples: readonly Sample[];
  /** Sources that couldn't say. */
  readonly unavailable: readonly string[];
}

/** Nobody looks for longer at what a source can't say: of the broker, while that is away. */
const LOOK_MS = 3_000;
/** Who looks twice within this time gets the same answer. */
const FRESH_MS = 900;

export interface MonitorSettings {
  /** The service's name. */
  readonly service: string;
  /** How often the sources are read, in milliseconds. */
  readonly intervalMs: number;
  /** A source that takes longer counts as failed, in milliseconds. */
  readonly sourceTimeoutMs: number;
  /** As long as nobody reports it, an incident may still be open, in milliseconds. */
  readonly resolveAfterMs: number;
}

interface Registered {
  readonly source: MonitorSource;
  readonly gauges: ReadonlyMap<string, Gauge>;
  /** By the interval, or by somebody who looks; one that hangs doesn't stop the other. */
  readonly readings: Set<'interval' | 'look'>;
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
  #looked: { readonly atMs: number; readonly overview: Promise<Overview> } | undefined;
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
    this.#sources.push({ source, gauges, readings: new Set(), failing: false });
  }

  onApplicationBootstrap(): void {
    this.#loop.start();
  }

  async beforeApplicationShutdown(): Promise<void> {
    await within(STOP_MS, Promise.all([this.#loop.stop(), this.alerts.stop()])).catch(() => {}); // the next one does it
  }

  /** Reads everything now, for a person: no alert comes of it, and no gauge changes. However many look, the sources are read once a second. */
  look(): Promise<Overview> {
    const now = performance.now();
    if (!this.#looked || now - this.#looked.atMs > FRESH_MS) this.#looked = { atMs: now, overview: this.#overview() };
    return this.#looked.overview;
  }

  async #overview(): Promise<Overview> {
    const readings = await Promise.all(
      this.#sources.map((registered) => this.#readInTime(registered, 'look').catch(() => undefined)),
    );
    const unavailable = this.#sources.filter((_, index) => !readings[index]).map(({ source }) => source.name);
    const counted = await this.metrics.counted(
      'waybill_',
      new Set(this.#sources.flatMap(({ gauges }) => [...gauges.keys()])),
    );
    const samples = [...readings.flatMap((reading) => reading ?? []), ...counted];
    return { service: this.settings.service, at: new Date().toISOString(), samples, unavailable };
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
      const samples = await this.#readInTime(registered, 'interval');
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

  async #readInTime({ source, readings }: Registered, by: 'interval' | 'look'): Promise<readonly Sample[]> {
    const { sourceTimeoutMs } = this.settings;
    if (readings.has(by)) throw new Error('The previous reading has not ended yet');
    readings.add(by);
    const reading = Promise.resolve()
      .then(() => source.read())
      .finally(() => readings.delete(by));
    return within(by === 'look' ? Math.min(LOOK_MS, sourceTimeoutMs) : sourceTimeoutMs, reading);
  }
}
