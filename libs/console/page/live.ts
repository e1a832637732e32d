import { computed, signal } from '@preact/signals';

import { SERVICES } from './api.js';
import type { ServiceName } from './api.js';
import type { OrderBody } from './bodies.js';

export interface Sample {
  readonly metric: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

export interface Snapshot {
  readonly service: ServiceName;
  readonly at: string;
  readonly answers: {
    readonly '/admin/overview'?: { readonly samples: readonly Sample[]; readonly unavailable: readonly string[] };
    readonly '/orders?limit=100'?: { readonly items: readonly OrderBody[] };
    readonly '/admin/sagas?limit=100'?: { readonly items: readonly NewestSaga[] };
  };
  readonly faults: Readonly<Record<string, string>>;
}

/** How far one of the newest sagas is. */
export interface NewestSaga {
  readonly orderId: string;
  readonly status: string;
  readonly step: string;
}

/** The latest of each service, and the one before, for rates. */
export const snapshots = signal<Readonly<Partial<Record<ServiceName, Snapshot>>>>({});
const earlier = signal<Readonly<Partial<Record<ServiceName, Snapshot>>>>({});
export const connection = signal<'connecting' | 'live' | 'lost'>('connecting');
/** Once a second; relative times follow it. */
export const now = signal(Date.now());

let source: EventSource | undefined;

/** From now on everything is live; a hidden page listens to nothing. */
export function goLive(): void {
  setInterval(() => {
    if (!document.hidden) now.value = Date.now();
  }, 1_000);
  document.addEventListener('visibilitychange', follow);
  follow();
}

function follow(): void {
  if (document.hidden) {
    source?.close();
    source = undefined;
  } else source ??= open();
}

function open(): EventSource {
  const stream = new EventSource('/console/api/live');
  stream.addEventListener('open', () => (connection.value = 'live'));
  stream.addEventListener('error', () => {
    connection.value = 'lost';
    if (stream.readyState !== EventSource.CLOSED) return; // it tries again by itself
    source = undefined;
    setTimeout(follow, 3_000);
  });
  stream.addEventListener('message', ({ data }: MessageEvent<string>) => {
    const snapshot = JSON.parse(data) as Snapshot;
    const before = snapshots.value[snapshot.service];
    if (before !== undefined) earlier.value = { ...earlier.value, [snapshot.service]: before };
    snapshots.value = { ...snapshots.value, [snapshot.service]: snapshot };
    now.value = Date.now();
  });
  return stream;
}

export const isDown = (service: ServiceName): boolean => {
  const snapshot = snapshots.value[service];
  return snapshot !== undefined && snapshot.answers['/admin/overview'] === undefined;
};

/** The sum of what the labels fit; `undefined` where the service doesn't say. */
export function measured(
  service: ServiceName,
  metric: string,
  labels: Readonly<Record<string, string>> = {},
  of = snapshots.value,
): number | undefined {
  const samples = of[service]?.answers['/admin/overview']?.samples.filter(
    (sample) =>
      sample.metric === metric && Object.entries(labels).every(([name, value]) => sample.labels[name] === value),
  );
  if (samples === undefined || samples.length === 0) return undefined;
  return samples.reduce((sum, { value }) => sum + value, 0);
}

/** How fast a counter grows, a second. */
export function rate(
  service: ServiceName,
  metric: string,
  labels: Readonly<Record<string, string>> = {},
): number | undefined {
  const [last, first] = [snapshots.value[service], earlier.value[service]];
  const [to, from] = [measured(service, metric, labels), measured(service, metric, labels, earlier.value)];
  if (last === undefined || first === undefined || to === undefined) return undefined;
  const seconds = (Date.parse(last.at) - Date.parse(first.at)) / 1_000;
  return seconds <= 0 ? undefined : Math.max(0, to - (from ?? 0)) / seconds; // a process that started again counts from 0
}

/** The newest hundred orders, as the order service last said. */
export const newestOrders = computed(() => snapshots.value.order?.answers['/orders?limit=100']?.items);

export const sagaOf = (orderId: string): NewestSaga | undefined =>
  snapshots.value.order?.answers['/admin/sagas?limit=100']?.items.find((saga) => saga.orderId === orderId);

export const deadLetters = computed(() =>
  SERVICES.reduce((sum, service) => sum + (measured(service, 'waybill_dead_letters') ?? 0), 0),
);
