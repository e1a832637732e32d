/** One value that was read, of one gauge. */
export interface Sample {
  /** Name of the gauge. */
  readonly metric: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

export interface GaugeSpec {
  /** `waybill_…`; ends in `_seconds` for a time. */
  readonly name: string;
  readonly help: string;
  /** At least one, of few values; a gauge without a sample is not exported then. */
  readonly labels: readonly string[];
}

/**
 * What one lib can say about its part of the service. The lib that owns the table or the connection owns the source, and
 * registers it with {@link Monitor.register}. Read once an interval, so it may ask the database or the broker, cheaply: a
 * cost that doesn't grow with what it measures.
 */
export interface MonitorSource {
  readonly name: string;
  readonly gauges: readonly GaugeSpec[];
  /** Every sample that exists now; what is left out vanishes from the metrics. @throws when it can't say: nothing is concluded then */
  read(): Promise<readonly Sample[]>;
}
