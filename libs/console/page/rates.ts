import type { Sample } from './bodies.js';

/** What a service had measured at a time. */
export interface Reading {
  readonly at: string;
  readonly samples: readonly Sample[];
}

/** The sum of what the labels fit; `undefined` where nothing does. */
export function sumOf(
  samples: readonly Sample[],
  metric: string,
  labels: Readonly<Record<string, string>>,
): number | undefined {
  const fitting = samples.filter(
    (sample) =>
      sample.metric === metric && Object.entries(labels).every(([name, value]) => sample.labels[name] === value),
  );
  return fitting.length === 0 ? undefined : fitting.reduce((sum, { value }) => sum + value, 0);
}

/** How fast a counter has grown, a second. One that falls belongs to a process that started again: it counts from 0. `undefined`: too little is known. */
export function growth(
  readings: readonly Reading[],
  metric: string,
  labels: Readonly<Record<string, string>>,
): number | undefined {
  const [first, last] = [readings[0], readings.at(-1)];
  if (first === undefined || last === undefined) return undefined;
  const seconds = (Date.parse(last.at) - Date.parse(first.at)) / 1_000;
  if (seconds <= 0) return undefined;
  const counts = readings.map(({ samples }) => sumOf(samples, metric, labels) ?? 0); // a counter appears with its first count
  const grown = counts.slice(1).reduce((sum, count, index) => {
    const before = counts[index] ?? 0;
    return sum + (count < before ? count : count - before);
  }, 0);
  return grown / seconds;
}
