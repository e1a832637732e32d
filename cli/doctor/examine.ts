import type { AdminClient, Probe } from '../api/admin-client.js';
import { deadLetters } from '../api/dead-letters.js';
import { erasures } from '../api/erasures.js';
import { orders } from '../api/orders.js';
import { takePages } from '../api/pages.js';
import { projections } from '../api/projections.js';
import { serviceState } from '../api/service-state.js';
import { CliError } from '../cli.errors.js';
import type { Finding } from './finding.js';
import { judgeErasures } from './judge-erasures.js';
import {
  judgeBrokerDeadLetters,
  judgeClock,
  judgeDeadLetters,
  judgeDegraded,
  judgeLag,
  judgeLanes,
  judgeOrphans,
  judgeOutbox,
  judgeParkedKeys,
  judgeProjections,
  judgeRefused,
  judgeSagas,
  judgeTopics,
} from './judge.js';

export interface Examination {
  readonly service: AdminClient['service'];
  readonly url: string;
  /** What was looked at and is in order or not, in words. */
  readonly checks: Readonly<Record<string, { readonly ok: boolean; readonly detail?: string | undefined }>>;
  readonly findings: readonly Finding[];
}

const MOST = 1000;

/** Everything that can be found out about a service from outside. Whatever fails is a finding, never an error. */
export async function examine(client: AdminClient, nowMs: number): Promise<Examination> {
  const { service, url } = client;
  try {
    const live = await client.probe('/health/live');
    const ready = await client.probe('/health/ready');
    const checks = serviceState.checksIn(ready.body) ?? {};
    const findings = [
      ...judgeHealth(client, live, ready, checks),
      ...judgeClock(service, live),
      ...(await examineAdmin(client, nowMs)),
    ];
    return { service, url, checks, findings };
  } catch (error) {
    if (!(error instanceof CliError)) throw error;
    const todo = 'Start it (npm start, docker compose up), or say where it is (--url, or the setting named above).';
    return { service, url, checks: {}, findings: [{ service, code: 'UNREACHABLE', what: error.message, todo }] };
  }
}

function judgeHealth(
  { service }: AdminClient,
  live: Probe,
  ready: Probe,
  checks: Examination['checks'],
): readonly Finding[] {
  if (live.status !== 200) {
    return [
      {
        service,
        code: 'NOT_LIVE',
        what: `/health/live answers ${live.status}`,
        todo: 'Restart it, or check whether this address is that service at all.',
      },
    ];
  }
  if (ready.status === 200) return judgeDegraded(service, checks);
  const failing = Object.entries(checks).filter(([, { ok }]) => !ok);
  const what = failing.map(([name, { detail }]) => (detail === undefined ? name : `${name}: ${detail}`)).join('; ');
  const todo =
    'Repair what it names (its database, its brokers, its catalogue); it then becomes ready on its own. Its log says more.';
  return [
    {
      service,
      code: 'NOT_READY',
      what: `not ready: ${what === '' ? `/health/ready answers ${ready.status}` : what}`,
      todo,
    },
  ];
}

async function examineAdmin(client: AdminClient, nowMs: number): Promise<readonly Finding[]> {
  const { service } = client;
  const looks: readonly (() => Promise<readonly Finding[]>)[] = [
    ...(service === 'order' ? [() => examineErasures(client, nowMs)] : []),
    async () => judgeDeadLetters(service, await deadLetters.groups(client, {}), nowMs),
    async () =>
      judgeParkedKeys(
        service,
        await takePages(MOST, (size, cursor) => deadLetters.parkedPage(client, size, cursor)),
        nowMs,
      ),
    async () => {
      const outbox = await serviceState.outbox(client);
      return [...judgeOutbox(service, outbox), ...judgeRefused(service, outbox)];
    },
    async () => judgeLanes(service, await serviceState.laneIssues(client)),
    async () => {
      const topics = await serviceState.topics(client);
      return [
        ...judgeTopics(service, topics),
        ...judgeLag(service, topics),
        ...judgeBrokerDeadLetters(service, topics),
      ];
    },
    ...(service === 'order'
      ? [() => examineSagas(client), () => examineOrphans(client), () => examineProjections(client)]
      : []),
  ];
  const found: Finding[] = [];
  for (const look of looks) {
    try {
      found.push(...(await look()));
    } catch (error) {
      if (!(error instanceof CliError)) throw error;
      const todo = error.code === 'UNAUTHORIZED' ? 'Nothing else about it could be checked.' : 'Its log says more.';
      const code = error.code === 'UNREACHABLE' ? 'UNREACHABLE' : 'ADMIN_FAILED';
      found.push({ service, code, what: error.message, todo });
      if (error.code === 'UNAUTHORIZED' || error.code === 'UNREACHABLE') break;
    }
  }
  return found;
}

async function examineErasures(client: AdminClient, nowMs: number): Promise<readonly Finding[]> {
  return judgeErasures(client.service, await erasures.pending(client), nowMs);
}

async function examineSagas(client: AdminClient): Promise<readonly Finding[]> {
  const { items, nextCursor } = await orders.sagaPage(client, 'COMPENSATION_FAILED', 100);
  return judgeSagas(client.service, items, nextCursor !== undefined);
}

async function examineProjections(client: AdminClient): Promise<readonly Finding[]> {
  return judgeProjections(client.service, await projections.list(client));
}

async function examineOrphans(client: AdminClient): Promise<readonly Finding[]> {
  const { items, nextCursor } = await serviceState.orphanPage(client, 100);
  return judgeOrphans(client.service, items, nextCursor !== undefined);
}
