import { setTimeout as sleep } from 'node:timers/promises';

import type { Transaction } from '@waybill/database';

import type { RecordedEvent } from './event-log.js';
import { EventSubscription } from './event-subscription.js';
import type { EventSubscriptionOptions } from './event-subscription.js';
import { accounts, openAccounts, paid } from './testing/account-store.js';
import type { AccountEvent, Accounts } from './testing/account-store.js';

type Options = EventSubscriptionOptions<AccountEvent>;

describe('a subscription to all events', () => {
  let all: Accounts;
  let running: EventSubscription<AccountEvent>[];

  beforeEach(async () => {
    all = await openAccounts();
    running = [];
    const text = 'CREATE TABLE effect (seq bigserial PRIMARY KEY, name text NOT NULL, event text NOT NULL)';
    await all.database.query({ name: '', text });
  });
  afterEach(async () => {
    await Promise.all(running.map((subscription) => subscription.stop()));
    await all.close();
  });

  const append = (id: string) => all.database.transaction((tx) => all.append(tx, id, 0, paid(1), paid(2)));
  const note = async (tx: Transaction, name: string, events: readonly RecordedEvent[]): Promise<void> => {
    const text =
      'INSERT INTO effect (name, event) SELECT $1, e FROM unnest($2::text[]) WITH ORDINALITY AS u (e, n) ORDER BY n';
    await tx.query({ name: 'note', text }, [name, events.map(({ id, version }) => `${id}#${version}`)]);
  };
  const effects = async (name = 'totals'): Promise<readonly string[]> =>
    (
      await all.database.query<{ event: string }>(
        { name: 'read', text: 'SELECT event FROM effect WHERE name = $1 ORDER BY seq' },
        [name],
      )
    ).map(({ event }) => event);
  const both = (...ids: readonly string[]) => ids.flatMap((id) => [`${id}#1`, `${id}#2`]);

  async function subscribe(options: Partial<Options> = {}): Promise<EventSubscription<AccountEvent>> {
    const name = options.name ?? 'totals';
    const handle = (events: readonly RecordedEvent[], tx: Transaction) => note(tx, name, events);
    const more = { name, streams: [accounts], handle, pollIntervalMs: 20, leaseMs: 1_000, ...options };
    const subscription = new EventSubscription<AccountEvent>(all.database, more);
    running.push(subscription);
    await subscription.start();
    return subscription;
  }

  async function untilEffects(expected: readonly string[], name?: string): Promise<void> {
    for (const end = Date.now() + 30_000; Date.now() < end; await sleep(20)) {
      if ((await effects(name)).length >= expected.length) break;
    }
    expect(await effects(name)).toEqual(expected);
  }

  it('gets what was there before it, then what comes, each group for itself', async () => {
    await append('before');
    await subscribe({ maxBatch: 1 });
    await untilEffects(both('before'));
    await append('after');
    await untilEffects(both('before', 'after'));
    await subscribe({ name: 'another' });
    await untilEffects(both('before', 'after'), 'another');
    expect(await effects()).toEqual(both('before', 'after'));
  });

  it('has one owner at a time; another process continues where it stopped, at once', async () => {
    const owners: number[] = [];
    const owned = (owner: number) => async (events: readonly RecordedEvent[], tx: Transaction) => {
      owners.push(owner);
      await note(tx, 'totals', events);
    };
    const [first] = [
      await subscribe({ handle: owned(1), leaseMs: 120_000 }),
      await subscribe({ handle: owned(2), leaseMs: 120_000 }),
    ];
    const ids = Array.from({ length: 40 }, (_, n) => `id-${n}`);
    for (const [n, id] of ids.entries()) {
      await append(id);
      if (n !== 20) continue;
      await untilEffects(both(...ids.slice(0, 21)));
      expect(new Set(owners)).toEqual(new Set([1]));
      await first.stop();
    }
    await untilEffects(both(...ids));
    expect(owners.at(-1)).toBe(2);
  });

  it('F6 is rolled back in a process that has lost it meanwhile, so that each event counts once', async () => {
    let release: () => void = () => {};
    const isStuck = new Promise<void>((resolve) => (release = resolve));
    let isReached: () => void = () => {};
    const reached = new Promise<void>((resolve) => (isReached = resolve));
    const zombie = await subscribe({ handle: async () => {} });
    await zombie.stop(); // it has made the row
    const slow = all.database.transaction.bind(all.database);
    const asleep = Object.assign(Object.create(all.database) as typeof all.database, {
      transaction: async (work: (tx: Transaction) => Promise<unknown>) => {
        isReached();
        await isStuck; // after it has read, before it has begun: its lease runs out
        return slow(work);
      },
    });
    await append('contested');
    const late = new EventSubscription<AccountEvent>(asleep, {
      name: 'totals',
      streams: [accounts],
      handle: (events, tx) => note(tx, 'totals', events),
      pollIntervalMs: 20,
      leaseMs: 300,
    });
    running.push(late);
    await late.start();
    await reached;
    await subscribe();
    await untilEffects(both('contested'));
    release();
    await append('next');
    await untilEffects(both('contested', 'next'));
  });

  it('lets another process take over at once, also where its last batch has failed', async () => {
    let failed: () => void = () => {};
    const hasFailed = new Promise<void>((resolve) => (failed = resolve));
    await append('a');
    const failing = await subscribe({
      leaseMs: 600_000,
      handle: async () => {
        failed();
        throw new Error('broken');
      },
    });
    await hasFailed;
    await failing.stop();
    await subscribe();
    await untilEffects(both('a'));
  });

  it('tries again what its handler failed on, before anything else, and keeps nothing of the attempt', async () => {
    let attempts = 0;
    await append('a');
    await append('b');
    await subscribe({
      maxBatch: 2,
      handle: async (events, tx) => {
        await note(tx, 'totals', events);
        if (events[0]?.id === 'a' && (attempts += 1) < 3) throw new Error('not yet');
      },
    });
    await untilEffects(both('a', 'b'));
    expect(attempts).toBe(3);
  });
});
