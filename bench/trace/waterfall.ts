import { median } from '../shared/statistics.js';
import { KINDS } from './order-spans.js';
import type { OrderTrace, Span } from './order-spans.js';

const WHAT = 32;
const BAR = 18;

/**
 * One order as a waterfall, the one whose total is the median, with the median of each span over all orders that went the same
 * way, then the sum by kind. At most 100 columns.
 */
export function printWaterfall(traces: readonly OrderTrace[]): readonly string[] {
  const shown = traces.toSorted((a, b) => a.totalMs - b.totalMs)[Math.floor(traces.length / 2)];
  if (shown === undefined) return ['no order was traced'];
  const alike = traces.filter(({ spans }) => spans.map(nameOf).join() === shown.spans.map(nameOf).join());
  const medians = shown.spans.map((_, index) => median(alike.map(({ spans }) => lengthOf(spans[index]))));
  const sums = KINDS.map((kind) => `${kind} ${median(alike.map((trace) => sumOf(trace, kind))).toFixed(1)}`);
  const unexplained = median(alike.map((trace) => trace.totalMs - sumOf(trace)));
  return [
    `   at ms     ms  median  service    kind         what`,
    ...shown.spans.map((span, index) => line(span, medians[index] ?? Number.NaN, shown.totalMs)),
    '',
    `One order of ${shown.totalMs.toFixed(1)} ms; medians of ${alike.length} of ${traces.length} orders.`,
    'Medians of the sums, in ms:',
    `${sums.join(', ')};`,
    `total ${median(alike.map(({ totalMs }) => totalMs)).toFixed(1)}, not explained ${unexplained.toFixed(1)}.`,
  ];
}

function line(span: Span, medianMs: number, totalMs: number): string {
  const from = Math.min(BAR - 1, Math.floor((span.fromMs / totalMs) * BAR));
  const length = Math.max(1, Math.round((lengthOf(span) / totalMs) * BAR));
  const bar = `${' '.repeat(from)}${'#'.repeat(Math.min(length, BAR - from))}`;
  const numbers = `${fixed(span.fromMs, 8)}${fixed(lengthOf(span), 7)}${fixed(medianMs, 8)}`;
  return `${numbers}  ${span.service.padEnd(9)}  ${span.kind.padEnd(11)}  ${span.what.padEnd(WHAT).slice(0, WHAT)} ${bar}`
    .slice(0, 100)
    .trimEnd();
}

const fixed = (ms: number, width: number): string => ms.toFixed(2).padStart(width);
const nameOf = ({ service, kind, what }: Span): string => `${service} ${kind} ${what}`;
const lengthOf = (span: Span | undefined): number => (span === undefined ? Number.NaN : span.toMs - span.fromMs);

function sumOf({ spans }: OrderTrace, kind?: Span['kind']): number {
  return spans
    .filter((span) => kind === undefined || span.kind === kind)
    .reduce((sum, span) => sum + lengthOf(span), 0);
}
