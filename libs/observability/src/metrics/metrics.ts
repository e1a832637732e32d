import { Injectable } from '@nestjs/common';
import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';

import type { Sample } from '../monitor/monitor-source.js';

/** Seconds; from a memory look-up to a slow outside call. */
const DURATION_BUCKETS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];

/**
 * The metrics of one process, in a registry of its own (two applications in one test don't share). Asking twice for a
 * name gives the same metric, so that a lib needn't know whether it was instantiated twice.
 */
@Injectable()
export class Metrics {
  readonly registry = new Registry();

  counter<Label extends string = never>(name: string, help: string, labelNames: readonly Label[] = []): Counter<Label> {
    return this.#existing(name, Counter<Label>) ?? new Counter({ name, help, labelNames, registers: [this.registry] });
  }

  /** @param collect sets the value when the metrics are read: for what is cheaper to look up than to keep. */
  gauge<Label extends string = never>(
    name: string,
    help: string,
    labelNames: readonly Label[] = [],
    collect?: (gauge: Gauge<Label>) => void | Promise<void>,
  ): Gauge<Label> {
    const existing = this.#existing(name, Gauge<Label>);
    if (existing) return existing;
    const gauge: Gauge<Label> = new Gauge({
      name,
      help,
      labelNames,
      registers: [this.registry],
      ...(collect ? { collect: () => collect(gauge) } : {}),
    });
    return gauge;
  }

  /** @param name ends in `_seconds` unless `buckets` say otherwise. */
  histogram<Label extends string = never>(
    name: string,
    help: string,
    labelNames: readonly Label[] = [],
    buckets: readonly number[] = DURATION_BUCKETS,
  ): Histogram<Label> {
    return (
      this.#existing(name, Histogram<Label>) ??
      new Histogram({ name, help, labelNames, buckets: [...buckets], registers: [this.registry] })
    );
  }

  /** CPU, memory, event loop and garbage collection of the process; off unless called, as it holds an observer. */
  collectProcessMetrics(): void {
    if (this.registry.getSingleMetric('process_cpu_seconds_total')) return;
    // prom-client's 10 ms between looks at the event loop wake an idle process a hundred times a second (measured).
    collectDefaultMetrics({ register: this.registry, eventLoopMonitoringPrecision: 1_000 });
  }

  /** Counters and gauges of this process whose name begins so, but `without` those; no histograms. */
  async counted(prefix: string, without: ReadonlySet<string>): Promise<readonly Sample[]> {
    const metrics = this.registry
      .getMetricsAsArray()
      .filter(({ name }) => name.startsWith(prefix) && !without.has(name));
    const plain = metrics.filter((metric) => metric instanceof Counter || metric instanceof Gauge);
    const read = await Promise.all(plain.map((metric) => metric.get()));
    return read.flatMap(({ name, values }) =>
      values.map(({ labels, value }) => ({
        metric: name,
        labels: Object.fromEntries(Object.entries(labels).map(([label, text]) => [label, String(text)])),
        value,
      })),
    );
  }

  /** The text that Prometheus scrapes. */
  expose(): Promise<string> {
    return this.registry.metrics();
  }

  #existing<Kind>(name: string, kind: new (...args: never[]) => Kind): Kind | undefined {
    const metric = this.registry.getSingleMetric(name);
    if (metric === undefined || metric instanceof kind) return metric;
    throw new TypeError(`Metric ${name} exists as another kind than ${kind.name}; give one of the two another name`);
  }
}
