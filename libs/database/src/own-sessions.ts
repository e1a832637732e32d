import type { Client } from 'pg';
import type { DataSource } from 'typeorm';

import { UnusableDatabaseError } from './database.errors.js';
import { GuardedClient } from './guarded-client.js';
import type { GuardedClientConfig } from './guarded-client.js';

/** Turns of two clients: many more than it takes, as others use a pooler at the same time. */
const TURNS = 64;
const TURNS_WHERE_GREETED = 4;
/** Names a session for ever: a process id may be used again, but not in the same microsecond. */
const SESSION = `
  SELECT pg_backend_pid() AS pid, concat(pg_backend_pid(), ' ', (
    SELECT extract(epoch FROM backend_start) FROM pg_stat_activity WHERE pid = pg_backend_pid())) AS session`;

/** Where this process has found sessions of its own. */
const direct = new Set<string>();

/** Each is asked once: two that ask at once would wait for each other in a pool of two. */
const asked = new WeakMap<DataSource, Promise<void>>();

/**
 * Each connection must have a server session of its own as long as it is open: settings, locks and prepared statements are the session's.
 * A pooler in transaction mode hands sessions round: commits of others wouldn't wait for the disk, a lock would stay with whoever is next.
 *
 * So two clients ask in turn which session they have, and both must keep theirs, as they do in a pooler's session mode. PostgreSQL greets a
 * client with the process id of its session, a pooler with one of its own: where the greeting is true, a few turns do.
 * @throws UnusableDatabaseError, never where sessions are kept; the driver's error
 */
export async function assertOwnSessions(config: GuardedClientConfig): Promise<void> {
  // Nothing is set by them: where they are refused, the sessions are other people's.
  const first = new GuardedClient({ ...config, prepared: false });
  const second = new GuardedClient({ ...config, prepared: false });
  const place = placeOfClient(first);
  if (direct.has(place)) return;
  try {
    await first.connect();
    await second.connect();
    if (!(await keepTheirs(first, second))) throw new UnusableDatabaseError(sharedSessions(place));
    direct.add(place);
  } finally {
    await Promise.all([first, second].map((client) => client.end().catch(() => {})));
  }
}

/**
 * The same of the connections of a data source, which alone knows where they lead and with what password. A pool of one has nothing to be
 * asked in turn.
 * @throws as {@link assertOwnSessions} does
 */
export async function assertOwnSessionsIn(dataSource: DataSource): Promise<void> {
  if (poolSizeOf(dataSource) === 1) return;
  const asking = asked.get(dataSource) ?? askIn(dataSource);
  asked.set(dataSource, asking);
  asking.catch(() => asked.delete(dataSource));
  await asking;
}

async function askIn(dataSource: DataSource): Promise<void> {
  const runners = [dataSource.createQueryRunner(), dataSource.createQueryRunner()] as const;
  try {
    // TypeORM types its driver connection loosely; for PostgreSQL it is pg's client.
    const first = (await runners[0].connect()) as Client;
    const second = (await runners[1].connect()) as Client;
    if (!(await keepTheirs(first, second))) throw new UnusableDatabaseError(sharedSessions(placeOfClient(first)));
  } finally {
    await Promise.all(runners.map((runner) => runner.release()));
  }
}

/** TypeORM keeps pg's pool at `driver.master`; its types hide it. */
function poolSizeOf({ driver }: DataSource): unknown {
  return (driver as { readonly master?: { readonly options?: { readonly max?: unknown } } }).master?.options?.max;
}

function placeOfClient({ host, port, database }: Client): string {
  return `${host}:${port}/${database ?? ''}`;
}

/** Each twice, then the other: that finds out a pooler that hands out the session used last, and one that hands them out in turn. */
async function keepTheirs(first: Client, second: Client): Promise<boolean> {
  const sessions = new Map<Client, string>();
  let areGreeted = true;
  for (let turn = 0; turn < (areGreeted ? TURNS_WHERE_GREETED : TURNS); turn++) {
    const client = turn % 4 < 2 ? first : second;
    const { rows } = await client.query<{ pid: number; session: string }>(SESSION);
    const [{ pid, session } = { pid: 0, session: '' }] = rows;
    if (session !== (sessions.get(client) ?? session)) return false;
    sessions.set(client, session);
    if (sessions.get(first) === sessions.get(second)) return false;
    areGreeted &&= 'processID' in client && client.processID === pid;
  }
  return true;
}

function sharedSessions(place: string): string {
  return (
    `Connections to ${place} share their server sessions, as behind a pooler in transaction mode (PgBouncer: pool_mode = transaction): ` +
    "settings and locks of one would be another's, and commits could be lost in a crash. Give the URL of the PostgreSQL server itself, or " +
    'of a pool in session mode'
  );
}
