import type { ComponentChildren } from 'preact';

import { ask } from '../api.js';
import type { ServiceName } from '../api.js';
import type { Page } from '../bodies.js';
import { count, duration, exact, shortId, words } from '../format.js';
import { now } from '../live.js';
import { Copyable } from '../parts/copy.js';
import { Time } from '../parts/time.js';
import { hrefOf } from '../router.js';
import { useResource } from '../use-resource.js';
import { labelsOf, REMEDIES } from './remedies.js';
import type { Labels } from './remedies.js';

export interface Incident {
  readonly id: string;
  readonly rule: string;
  readonly subject: string;
  readonly severity: 'warning' | 'critical';
  readonly summary: string;
  readonly value: number;
  readonly peak: number;
  readonly threshold: number;
  readonly startedAt: string;
  readonly seenAt: string;
  readonly endedAt: string | null;
  readonly unconfirmedSince: string | null;
}

interface RowProps {
  readonly service: ServiceName;
  readonly incident: Incident;
}

export function IncidentRow({ service, incident }: RowProps) {
  const { rule, subject, severity, summary, startedAt, endedAt } = incident;
  const remedy = REMEDIES[rule];
  const labels = labelsOf(subject);
  const isOpen = endedAt === null;
  const lasted = duration((isOpen ? now.value : Date.parse(endedAt)) - Date.parse(startedAt));
  return (
    <li class={severity}>
      <Head severity={severity} service={service} title={remedy?.title ?? summary} />
      <p class="amounts">
        {amounts(incident)}
        <Subject service={service} labels={labels} />
      </p>
      <p class="when">
        {isOpen ? (
          <time dateTime={startedAt} title={exact(startedAt)}>
            for {lasted}
          </time>
        ) : (
          <>
            began <Time at={startedAt} />, lasted {lasted}
          </>
        )}
      </p>
      {incident.unconfirmedSince !== null && (
        <p class="fault">
          {isOpen
            ? 'Nobody has measured it since '
            : 'When it ended is not known exactly: nobody measured it from then on, '}
          <Time at={incident.unconfirmedSince} />
        </p>
      )}
      {remedy !== undefined && (isOpen || rule === 'unwatched') && (
        <p class="todo">
          {remedy.todo}
          {remedy.section !== undefined && <span class="hint"> docs/operations.md, “{remedy.section}”</span>}
        </p>
      )}
      {isOpen && (
        <p class="ways">
          {remedy?.place && (
            <a href={hrefOf(remedy.place.screen(service, labels), remedy.place.isOfService ? { service } : {})}>
              {remedy.place.name} →
            </a>
          )}
          {rule === 'compensation-failed' && <StuckOrders />}
          {remedy?.command && <Copyable text={`npm run waybill -- ${remedy.command(service)}`} />}
        </p>
      )}
    </li>
  );
}

/** A service that doesn't answer records nothing; it says so itself once it is back. */
export function UnreachableRow({ service }: { readonly service: ServiceName }) {
  return (
    <li class="critical">
      <Head severity="critical" service={service} title={`The ${service} service does not answer`} />
      <p class="amounts">Its incidents are not known, and it alerts nobody.</p>
      <p class="when">seen by this page</p>
      <p class="todo">
        Start it, or see its log. Once it is back it records here from when to when nothing was measured.
      </p>
      <p class="ways">
        <Copyable text={`npm run waybill -- doctor --service ${service}`} />
      </p>
    </li>
  );
}

function Head({
  severity,
  service,
  title,
}: {
  readonly severity: Incident['severity'];
  readonly service: ServiceName;
  readonly title: ComponentChildren;
}) {
  return (
    <h3>
      <span class={`status ${severity === 'critical' ? 'bad' : 'warn'}`}>{severity}</span>
      {title}
      <i class={`service of-${service}`}>{service}</i>
    </h3>
  );
}

/** 3 dead letters, 7 at its worst. */
function amounts({ rule, value, peak, threshold, endedAt }: Incident): string {
  const amount = REMEDIES[rule]?.amount ?? count;
  if (rule === 'unwatched') return `for ${amount(value)}`;
  const most = threshold > 0 ? `, ${amount(threshold)} allowed` : '';
  if (endedAt !== null) return `${amount(peak)} at its worst${most}`;
  return `${amount(value)}${peak > value ? `, ${amount(peak)} at its worst` : ''}${most}`;
}

/** What the service's own name doesn't say. */
function Subject({ service, labels }: { readonly service: ServiceName; readonly labels: Labels }) {
  const told = Object.entries(labels).filter(
    ([name, value]) => !(name === 'group' && value === service) && !(name === 'status' && value !== ''),
  );
  return (
    <>
      {told.map(([name, value]) => (
        <span class="label" key={name}>
          {words(name)} <code title={value}>{shortIdOf(value)}</code>
        </span>
      ))}
    </>
  );
}

const shortIdOf = (value: string): string => (/^[0-9a-f]{8}-/.test(value) ? shortId(value) : value);

const MOST_ORDERS = 5;

function StuckOrders() {
  const found = useResource('stuck', (signal) =>
    ask<Page<{ readonly orderId: string }>>(
      'order',
      `/admin/sagas?status=COMPENSATION_FAILED&limit=${MOST_ORDERS}`,
      signal,
    ),
  );
  return (
    <>
      {found.value?.items.map(({ orderId }) => (
        <a key={orderId} href={hrefOf(`/orders/${orderId}`)} title={orderId}>
          {shortId(orderId)} →
        </a>
      ))}
      {found.value?.nextCursor != null && <Copyable text="npm run waybill -- sagas --status COMPENSATION_FAILED" />}
    </>
  );
}
