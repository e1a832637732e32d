import { LetterNotDeadError, LetterSupersededError } from './dead-letter.errors.js';
import {
  dead,
  failed,
  later,
  message,
  openTransaction,
  startService,
  undoing,
  undoingsOf,
  until,
} from './testing/service.js';
import type { Service } from './testing/service.js';

const operator = { who: 'ada', why: 'the gateway is back' };
const NEVER = 3_600_000;
jest.setTimeout(60_000); // conditions are awaited; one that does not come true says so after 20 s
let service: Service;

beforeAll(async () => {
  service = await startService();
});
afterEach(() => service.reset());
afterAll(() => service.stop());

const waiting = async () =>
  (
    await service.execute(
      'waiting',
      `SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`,
    )
  ).length > 0;
/** Neither undone nor an undoing. */
const another = (id: string, key: string) => ({ ...message(id, key), type: 'payment.other.v1' });

describe('an undoing passes what it undoes', () => {
  it.each([
    ['dead', dead],
    ['waiting for a delayed attempt', later(NEVER)],
    ['due at once', later(0)],
  ])('F66 a command that is %s is superseded in the transaction that handles its undoing', async (_, decision) => {
    const { store, held, runner } = service.replica();
    await service.fail(store, failed(message('a1', 'a'), decision), failed(message('b1', 'b'), dead));
    await service.consume(store, [message('a2', 'a')]);
    await service.consume(store, [undoing('a3', 'a')]);
    expect(await service.effects()).toEqual(['a3']);
    expect(await service.states()).toEqual(['a1 superseded', 'b1 dead', 'a2 superseded']);
    expect((await service.rows())[0]).toMatchObject({ superseded_by: 'a3', next_attempt_at: null });
    expect(await service.isParked(store, 'a')).toBe(false);
    held.onApplicationBootstrap();
    await service.consume(store, [message('a4', 'a')]);
    await held.beforeApplicationShutdown();
    expect([await service.effects(), runner.attempts]).toEqual([['a3', 'a4'], []]);
  });

  it('F66 names what was superseded, whatever its version, for the inbox; nothing where the transaction rolls back', async () => {
    const { store } = service.replica();
    const newer = { ...message('a1', 'a'), type: 'payment.process.v9' };
    await service.fail(store, failed(newer, dead));
    await service.consume(store, [message('a2', 'a')]);
    const rolledBack = service.database.transaction(async (tx) => {
      const given = await store.supersede(tx, 'payment', undoingsOf(undoing('a3', 'a')));
      expect(given.map(({ id }) => id).toSorted()).toEqual(['a1', 'a2']);
      expect(await store.parkedKeys(tx, 'payment', [message('a3', 'a').record])).toEqual([false]);
      throw new Error('no');
    });
    await expect(rolledBack).rejects.toThrow('no');
    expect([await service.states(), await service.isParked(store, 'a')]).toEqual([['a1 dead', 'a2 parked'], true]);
  });

  it('F66 touches no other key, topic, group or type, and without a key nothing at all', async () => {
    const { store } = service.replica();
    const elsewhere = message('a2', 'a');
    await service.fail(
      store,
      failed(message('b1', 'b'), dead),
      failed({ ...elsewhere, record: { ...elsewhere.record, topic: 'order.commands' } }, dead),
      failed({ ...message('a3', 'a'), group: 'shipping' }, dead),
      failed(another('a4', 'a'), dead),
      failed({ ...message('a5', 'a'), type: undefined }, dead),
      failed(message('n1', null), dead),
    );
    await service.consume(store, [undoing('a6', 'a'), undoing('n2', null)]);
    expect(await service.effects()).toEqual(['n2']);
    expect((await service.states()).filter((state) => state.endsWith('superseded'))).toEqual([]);
    expect((await service.states()).at(-1)).toBe('a6 parked');
  });

  it('F66 F16 other messages of the key keep their order: they run first, then the undoing', async () => {
    const { store, held, runner } = service.replica();
    await service.fail(store, failed(message('a1', 'a'), dead));
    await service.consume(store, [another('a2', 'a'), message('a3', 'a'), another('a4', 'a')]);
    held.onApplicationBootstrap();
    await service.consume(store, [undoing('a5', 'a'), another('a6', 'a')]);
    await until('the key is unparked', async () => !(await service.isParked(store, 'a')));
    expect(await service.effects()).toEqual(['a2', 'a4', 'a5', 'a6']);
    expect(await service.states()).toEqual([
      'a1 superseded',
      'a2 handled',
      'a3 superseded',
      'a4 handled',
      'a5 handled',
      'a6 handled',
    ]);
    expect(runner.attempts.map(({ id }) => id)).toEqual(['a2', 'a4', 'a5', 'a6']);
  });

  it('F66 a dead letter that is not undone still holds its key, the undoing included', async () => {
    const { store, held } = service.replica();
    await service.fail(store, failed(another('a1', 'a'), dead));
    await service.consume(store, [message('a2', 'a')]);
    await service.consume(store, [undoing('a3', 'a')]);
    held.onApplicationBootstrap();
    expect(await service.states()).toEqual(['a1 dead', 'a2 superseded', 'a3 parked']);
    expect(await service.effects()).toEqual([]);
  });

  it('F66 lets go also where dead letters do not hold their keys', async () => {
    const { store } = service.replica({ park: false });
    await service.fail(store, failed(message('a1', 'a'), dead));
    await service.consume(store, [undoing('a2', 'a')]);
    expect([await service.effects(), await service.states()]).toEqual([['a2'], ['a1 superseded']]);
  });
});

describe('of an undoing and an attempt at what it undoes, one wins', () => {
  /** a1 is being tried until `letGo`; its handler fails then, if told so. */
  async function busy(outcome: 'fails' | 'succeeds') {
    const replica = service.replica();
    let letGo = (): void => {};
    const gate = new Promise<void>((resolve) => (letGo = resolve));
    replica.runner.run = ((run) => async (held, options) => {
      if (held.identity.id === 'a1') await gate; // a call to the outside: no transaction, no lock
      return run(held, options);
    })(replica.runner.run.bind(replica.runner));
    replica.runner.handle = ({ identity }) => {
      if (identity.id === 'a1' && outcome === 'fails') throw new Error('still broken');
    };
    await service.fail(replica.store, failed(message('a1', 'a'), later(0)));
    replica.held.onApplicationBootstrap();
    const CLAIMED = 'SELECT 1 FROM held_message WHERE claimed_until > now()';
    await until('a1 is being tried', async () => (await service.execute('claimed', CLAIMED)).length === 1);
    return { ...replica, letGo };
  }

  it('F66 the attempt under way comes first; the undoing waits for its end and follows', async () => {
    const { store, letGo } = await busy('succeeds');
    await service.consume(store, [undoing('a2', 'a')]);
    expect([await service.effects(), await service.states()]).toEqual([[], ['a1 retrying', 'a2 parked']]);
    letGo();
    await until('the undoing has run', async () => (await service.effects()).length === 2);
    expect([await service.effects(), await service.states()]).toEqual([
      ['a1', 'a2'],
      ['a1 handled', 'a2 handled'],
    ]);
  });

  it.each([['dead-letter'], ['retry-later']] as const)(
    'F66 an attempt under way that fails (%s) is the last: the undoing runs at once',
    async (kind) => {
      const { store, letGo, runner, inbox } = await busy('fails');
      runner.decide = () => (kind === 'dead-letter' ? dead : later(NEVER));
      await service.consume(store, [undoing('a2', 'a')]);
      letGo();
      await until('the undoing has run', async () => (await service.effects()).length === 1);
      expect([await service.effects(), await service.states()]).toEqual([['a2'], ['a1 superseded', 'a2 handled']]);
      expect(runner.attempts).toHaveLength(2);
      expect(inbox.outcomes.get('payment a1')).toBe('superseded');
      await until('the key is unparked', async () => !(await service.isParked(store, 'a')));
    },
  );

  it('F66 a process that died in the attempt holds up the undoing until its claim has run out, and no longer', async () => {
    const [before, after] = [service.replica(), service.replica()];
    await service.fail(before.store, failed(message('a1', 'a'), later(0)));
    await service.execute('claim', `UPDATE held_message SET claimed_until = now() + interval '1 hour'`);
    await service.consume(before.store, [undoing('a2', 'a')]);
    await service.fail(before.store, failed(message('b1', 'b'), later(0)));
    before.held.onApplicationBootstrap();
    await until('what else is due has run', async () => (await service.effects()).length === 1);
    await before.held.beforeApplicationShutdown();
    expect(before.runner.attempts.map(({ id }) => id)).toEqual(['b1']);
    await service.execute('run_out', `UPDATE held_message SET claimed_until = now() WHERE claimed_until IS NOT NULL`);
    after.held.onApplicationBootstrap();
    await until('the undoing has run', async () => (await service.effects()).length === 2);
    expect(after.runner.attempts.map(({ id }) => id)).toEqual(['a2']);
  });

  it('F66 a replay that has not begun is skipped', async () => {
    const { store, replays } = service.replica();
    await service.fail(store, failed(message('a1', 'a'), dead));
    const { run } = await replays.replay({}, operator, { limit: 1 });
    await service.consume(store, [undoing('a2', 'a')]);
    expect([await service.effects(), await service.states()]).toEqual([['a2'], ['a1 superseded']]);
    expect(await replays.run(run)).toMatchObject({ replayed: 0, skipped: 1, pending: 0 });
  });

  it('F66 a replay that is being asked for is waited for, then superseded', async () => {
    const { store } = service.replica();
    await service.fail(store, failed(message('a1', 'a'), dead));
    const replaying = openTransaction(service.database, async (tx) => {
      const text = `UPDATE held_message SET state = 'retrying', next_attempt_at = now() WHERE message_id = 'a1'`;
      await tx.query({ name: 'test_replaying', text });
    });
    await replaying.opened;
    const consumed = service.consume(store, [undoing('a2', 'a')]);
    await until('the undoing waits', waiting);
    await replaying.commit();
    await consumed;
    expect([await service.effects(), await service.states()]).toEqual([['a2'], ['a1 superseded']]);
  });

  it('F66 a replay whose handler is about to commit comes first, then the undoing', async () => {
    const { store, held, runner } = service.replica();
    let letGo = (): void => {};
    const gate = new Promise<void>((resolve) => (letGo = resolve));
    let isHandling = false;
    runner.handle = async () => {
      isHandling = true;
      await gate;
    };
    await service.fail(store, failed(message('a1', 'a'), later(0)));
    held.onApplicationBootstrap();
    await until('the handler runs', () => isHandling);
    const consumed = service.consume(store, [undoing('a2', 'a')]);
    letGo();
    await consumed;
    await until('both have run', async () => (await service.effects()).length === 2);
    expect([await service.effects(), (await service.states())[0]]).toEqual([['a1', 'a2'], 'a1 handled']);
  });

  it('F66 a replay that comes while the undoing is being handled is refused once that has committed', async () => {
    const { store, replays } = service.replica();
    await service.fail(store, failed(message('a1', 'a'), dead));
    const ids = (await service.rows()).map(({ seq }) => seq);
    const handling = openTransaction(service.database, async (tx) => {
      await store.supersede(tx, 'payment', undoingsOf(undoing('a2', 'a')));
    });
    await handling.opened;
    expect(await replays.replay({ ids }, operator, { limit: 1 })).toMatchObject({ taken: 0 });
    await handling.commit();
    await expect(replays.replay({ ids }, operator, { limit: 1 })).rejects.toThrow(LetterSupersededError);
    expect(await service.states()).toEqual(['a1 superseded']);
  });
});

describe('a superseded letter', () => {
  it('F66 can be neither replayed, edited nor discarded, and says so; it is shown, and swept as any that ended', async () => {
    const { store, replays, edits, discards, letters, sweeper } = service.replica({ retentionMs: 1_000 });
    await service.fail(store, failed(message('a1', 'a'), dead), failed(message('b1', 'b'), dead));
    await service.consume(store, [undoing('a2', 'a')]);
    const [id = '', other = ''] = (await service.rows()).map(({ seq }) => seq);
    const refused = replays.replay({ ids: [id] }, operator, { limit: 1 });
    await expect(refused).rejects.toThrow(
      `Letter ${id} can't be replayed: a later message has undone what it asks for.`,
    );
    await expect(edits.edit(id, {}, operator)).rejects.toThrow(LetterNotDeadError);
    expect(await discards.discard({ ids: [id] }, operator, 1)).toEqual({ discarded: 0, remaining: 0 });
    const both = await replays.replay({ ids: [id, other] }, operator, { limit: 10 });
    expect(both).toMatchObject({ taken: 1, skipped: 1, pending: 1 });
    expect(await letters.list({ state: 'superseded' }, { limit: 10 })).toMatchObject([{ id, state: 'superseded' }]);
    expect(await letters.find(id)).toMatchObject({ state: 'superseded', supersededBy: 'a2', behind: 0 });
    expect(await sweeper.sweep()).toBe(0);
    await service.execute('age', `UPDATE held_message SET updated_at = now() - interval '2 seconds'`);
    expect(await sweeper.sweep()).toBe(1);
    expect(await service.states()).toEqual(['b1 retrying']);
  });
});
