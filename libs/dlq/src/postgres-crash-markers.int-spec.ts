import { crashMarkersContract } from '@waybill/messaging/testing';

import { PostgresCrashMarkers } from './postgres-crash-markers.js';
import { PROCESS_LOCKS } from './sql/consumer-process.js';
import { failed, GROUP, later, message, startService, until } from './testing/service.js';
import type { Service } from './testing/service.js';

let service: Service;
beforeAll(async () => {
  service = await startService();
});
afterAll(() => service.stop());

/** Sessions that say of a process that it lives. */
async function sessions(): Promise<readonly number[]> {
  const rows = await service.execute(
    'sessions',
    `SELECT pid FROM pg_locks JOIN pg_database d ON d.oid = database
     WHERE locktype = 'advisory' AND classid = ${PROCESS_LOCKS} AND datname = current_database()`,
  );
  return rows.map(({ pid }) => Number(pid));
}

/** Ends a session as the server does when its process is killed. */
async function cut(session: number): Promise<void> {
  await service.execute('cut', 'SELECT pg_terminate_backend($1::int)', [session]);
  await until('the session is gone', async () => !(await sessions()).includes(session));
}

class MortalMarkers extends PostgresCrashMarkers {
  #session = 0;

  override async open(group: string): Promise<void> {
    const others = await sessions();
    await super.open(group);
    this.#session = (await sessions()).find((session) => !others.includes(session)) ?? 0;
  }

  async die(): Promise<void> {
    await cut(this.#session);
  }
}

async function start() {
  const markers = new MortalMarkers(service.database);
  return { markers, die: () => markers.die() };
}

crashMarkersContract('PostgresCrashMarkers', start, async () => {
  await service.execute('reset_markers', 'TRUNCATE crash_marker, consumer_process');
});

describe('crash markers on PostgreSQL', () => {
  it('marks what begins at the same time in one transaction, as a replay begins many', async () => {
    const { markers } = await start();
    await markers.open(GROUP);
    const messages = Array.from({ length: 20 }, (_, n) => ({ source: '/test', id: `m${n}` }));
    await Promise.all(messages.map((one) => markers.mark(GROUP, [one], 'among-others')));
    const rows = await service.execute('marked', 'SELECT xmin::text FROM crash_marker');
    expect([rows.length, new Set(rows.map(({ xmin }) => xmin)).size]).toEqual([20, 1]);
    await Promise.all(messages.map((one) => markers.unmark(GROUP, [one])));
    expect(await service.execute('left', 'SELECT 1 FROM crash_marker')).toEqual([]);
    await markers.close();
  });

  it('F58: a process whose session was cut is alive again with its next one', async () => {
    const { markers, die } = await start();
    await markers.open(GROUP);
    await die();
    expect((await markers.look(GROUP)).lastDeathAtMs).toBeGreaterThan(0);
    await until('there is a session again', async () => (await sessions()).length === 1);
    await until('it counts as alive', async () => (await markers.look(GROUP)).lastDeathAtMs === undefined);
    await markers.close();
    expect(await sessions()).toEqual([]);
  });

  it('F18: the process that notices a death ends its claim on a held message, which is due at once', async () => {
    const { store } = service.replica();
    await service.fail(store, failed(message('a1', 'a'), later(0)));
    await service.execute('claim', `UPDATE held_message SET claimed_until = now() + interval '1 hour'`);
    const [victim, survivor] = [await start(), new PostgresCrashMarkers(service.database)];
    await victim.markers.open(GROUP);
    await victim.markers.mark(GROUP, [message('a1', 'a').identity, message('a1', 'a').identity], 'among-others');
    await victim.die();
    await survivor.look(GROUP);
    expect(await service.execute('free', 'SELECT 1 FROM held_message WHERE claimed_until IS NULL')).toHaveLength(1);
    await victim.markers.close();
  });
});
