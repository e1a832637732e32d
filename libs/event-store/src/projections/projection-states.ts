import type { Database } from '@waybill/database';
import type { MonitorSource, Sample } from '@waybill/observability';

import { LIST_PROJECTIONS, MEASURE_LAG } from '../sql/projections.js';
import type { Projection, ProjectionState, RebuildState, RebuildStatus } from './projection.js';

type Queries = Pick<Database, 'query'>;

interface StateRow {
  readonly name: string;
  readonly version: number;
  readonly built_at: Date | null;
  readonly rebuild_id: string | null;
  readonly rebuild_state: RebuildStatus | null;
  readonly rebuild_version: number | null;
  readonly requested_by: string | null;
  readonly reason: string | null;
  readonly requested_at: Date | null;
  readonly ended_at: Date | null;
  readonly rebuild_failure: string | null;
  readonly rebuild_position: string | null;
  readonly failures: number | null;
  readonly failure: string | null;
  readonly failed_at: Date | null;
  readonly target: string;
}

interface Lag {
  readonly events: number;
  readonly seconds: number;
}

/** Those that have been started anywhere, in the order given. */
export async function readProjectionStates(
  database: Queries,
  projections: readonly Projection<never>[],
): Promise<readonly ProjectionState[]> {
  const rows = await database.query<StateRow>(LIST_PROJECTIONS, [projections.map(({ name }) => name)]);
  const states = projections.map(async (projection) => {
    const row = rows.find(({ name }) => name === projection.name);
    return row ? [stateOf(projection, row, await readLag(database, projection))] : [];
  });
  return (await Promise.all(states)).flat();
}

/** How far the projections of a service are behind, for its metrics and alerts. */
export function projectionMonitor(database: Queries, projections: readonly Projection<never>[]): MonitorSource {
  const labels = ['projection'];
  return {
    name: 'projections',
    gauges: [
      { name: 'waybill_projection_lag_events', help: 'Events that the projection lacks, counted up to 10,000', labels },
      { name: 'waybill_projection_lag_seconds', help: 'Age of the oldest of them', labels },
    ],
    read: async (): Promise<readonly Sample[]> => {
      const read = projections.map(async (projection) => {
        const { events, seconds } = await readLag(database, projection);
        const of = { projection: projection.name };
        return [
          { metric: 'waybill_projection_lag_events', labels: of, value: events },
          { metric: 'waybill_projection_lag_seconds', labels: of, value: seconds },
        ];
      });
      return (await Promise.all(read)).flat();
    },
  };
}

async function readLag(database: Queries, { name, lifecycle, streams }: Projection<never>): Promise<Lag> {
  const none = { events: 0, seconds: 0 };
  if (lifecycle === 'inline') return none;
  const [lag] = await database.query<Lag>(MEASURE_LAG, [name, streams.map(({ category }) => `${category}-`)]);
  return lag ?? none;
}

function stateOf(projection: Projection<never>, row: StateRow, lag: Lag): ProjectionState {
  const { name, lifecycle, tables, version = 1 } = projection;
  const { failures, failure, failed_at: failedAt } = row;
  return {
    name,
    lifecycle,
    tables,
    version,
    builtVersion: row.version,
    builtAt: row.built_at ?? undefined,
    lagEvents: lag.events,
    lagSeconds: lag.seconds,
    failing: failures && failedAt ? { failures, reason: failure ?? '', at: failedAt } : undefined,
    rebuild: rebuildOf(row),
  };
}

function rebuildOf(row: StateRow): RebuildState | undefined {
  const { rebuild_id: id, rebuild_state: status, requested_at: requestedAt } = row;
  if (id === null || status === null || requestedAt === null) return undefined;
  return {
    id,
    status,
    version: row.rebuild_version ?? 1,
    requestedBy: row.requested_by ?? '',
    reason: row.reason ?? '',
    requestedAt,
    endedAt: row.ended_at ?? undefined,
    position: row.rebuild_position ?? undefined,
    target: row.target,
    failure: row.rebuild_failure ?? undefined,
  };
}
