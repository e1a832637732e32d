import { computed, signal } from '@preact/signals';

import { SERVICES } from './api.js';
import type { ServiceName } from './api.js';
import type { OrderBody, Overview, Sample } from './bodies.js';
import { growth, sumOf } from './rates.js';
import type { Reading } from './rates.js';

export interface Snapshot {
  readonly service: ServiceName;
  readonly at: string;
  readonly answers: {
    readonly '/admin/overview'?: Overview;
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

/** The latest of each service. */
export const snapshots = signal<Readonly<Partial<Record<ServiceName, Snapshot>>>>({});
/** The last of each service that say something, the earliest first, for rates. */
const past = signal<Readonly<Partial<Record<ServiceName, readonly Reading[]>>>>({});
/** Rates are of the last ten seconds: over one, they would flicker. */
const READINGS = 11;
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
    const { service, at, answers } = snapshot;
    const samples = answers['/admin/overview']?.samples;
    const before = past.value[service] ?? [];
    // Of a service that was away the past says nothing.
    const readings = samples === undefined ? [] : [...before, { at, samples }].slice(-READINGS);
    past.value = { ...past.value, [service]: readings };
    snapshots.value = { ...snapshots.value, [service]: snapshot };
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
): number | undefined {
  return sumOf(samplesOf(service), metric, labels);
}

export const samplesOf = (service: ServiceName): readonly Sample[] =>
  snapshots.value[service]?.answers['/admin/overview']?.samples ?? [];

/** How fast a counter grows, a second, over the last ten. */
export function rate(
  service: ServiceName,
  metric: string,
  labels: Readonly<Record<string, string>> = {},
): number | undefined {
  return growth(past.value[service] ?? [], metric, labels);
}

/** The newest hundred orders, as the order service last said. */
export const newestOrders = computed(() => snapshots.value.order?.answers['/orders?limit=100']?.items);

export const sagaOf = (orderId: string): NewestSaga | undefined =>
  snapshots.value.order?.answers['/admin/sagas?limit=100']?.items.find((saga) => saga.orderId === orderId);

/** How many incidents of a service are open, and of which rules: what tells that a list of them is old. */
export function openIncidents(service: ServiceName): { readonly count: number; readonly signature: string } {
  const samples = snapshots.value[service]?.answers['/admin/overview']?.samples ?? [];
  const open = samples.filter(({ metric }) => metric === 'waybill_incidents');
  return {
    count: open.reduce((sum, { value }) => sum + value, 0),
    signature: open.map(({ labels, value }) => `${labels['rule']} ${value}`).join(),
  };
}

/** Incidents that are open, and services that don't answer. */
export const troubles = computed(() =>
  SERVICES.reduce((sum, service) => sum + openIncidents(service).count + (isDown(service) ? 1 : 0), 0),
);

export const deadLetters = computed(() =>
  SERVICES.reduce((sum, service) => sum + (measured(service, 'waybill_dead_letters') ?? 0), 0),
);
