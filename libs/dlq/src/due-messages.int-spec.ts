import type { FailureDecision } from '@waybill/messaging';
import { failureLog } from '@waybill/observability';

import { Outage } from './testing/fakes.js';
import { dead, failed, later, message, startService, until } from './testing/service.js';
import type { Service } from './testing/service.js';

const NEVER = 3_600_000;
jest.setTimeout(60_000); // conditions are awaited; one that does not come true says so after 20 s
let service: Service;

beforeAll(async () => {
  service = await startService();
});
afterEach(() => service.reset());
afterAll(() => service.stop());

describe('running held messages on PostgreSQL', () => {
  it('F16 later messages of a key wait behind its failed one and run in order after it', async () => {
    const { store, held, inbox, runner } = service.replica();
    await service.fail(store, failed(message('a1', 'a'), later(100)));
    await service.consume(store, [message('a2', 'a'), message('b1', 'b'), message('a3', 'a')]);
    await service.consume(store, [message('a4', 'a')]);
    expect(await service.effects()).toEqual(['b1']);
    held.onApplicationBootstrap();
    await until('all have run', async () => (await service.effects()).length === 5);
    expect(await service.effects()).toEqual(['b1', 'a1', 'a2', 'a3', 'a4']);
    expect(runner.attempts.map(({ attempt }) => attempt)).toEqual([4, 1, 1, 1]);
    expect([...inbox.outcomes]).toEqual(['a1', 'a2', 'a3', 'a4'].map((id) => [`payment ${id}`, 'handled']));
    await until('the key is unparked', async () => !(await service.isParked(store, 'a')));
    await service.consume(store, [message('a5', 'a')]);
    expect((await service.effects()).at(-1)).toBe('a5');
  });

  it('F16 a dead letter holds back its key, and no other, until it is dealt with', async () => {
    const { store, held, runner } = service.replica();
    await service.fail(store, failed(message('a1', 'a'), dead), failed(message('b1', 'b'), later(0)));
    await service.consume(store, [message('a2', 'a'), message('b2', 'b')]);
    held.onApplicationBootstrap();
    await until('b is unparked', async () => !(await service.isParked(store, 'b')));
    expect(runner.attempts.map(({ id }) => id)).toEqual(['b1', 'b2']);
    expect(await service.states()).toEqual(['a1 dead', 'b1 handled', 'a2 parked', 'b2 handled']);
  });

  it('a parked message that fails holds back those behind it, and its own attempts count from 1', async () => {
    const { store, held, runner, inbox } = service.replica();
    runner.handle = ({ identity }) => {
      if (identity.id === 'a2') throw new Error('broken');
    };
    await service.fail(store, failed(message('a1', 'a'), later(0)));
    await service.consume(store, [message('a2', 'a'), message('a3', 'a')]);
    held.onApplicationBootstrap();
    await until('a2 is dead', async () => (await service.states())[1] === 'a2 dead');
    await held.beforeApplicationShutdown();
    expect(await service.states()).toEqual(['a1 handled', 'a2 dead', 'a3 parked']);
    expect((await service.rows())[1]).toMatchObject({ attempts: 1, reason: 'TEST' });
    expect(inbox.outcomes.get('payment a2')).toBe('dead');
  });

  it('F14 delayed attempts back off, then end as a dead letter with its history', async () => {
    const { store, held, runner, sink, inbox } = service.replica({ pollIntervalMs: NEVER });
    const delays = new Map([
      [4, 40],
      [5, 80],
    ]);
    runner.handle = () => {
      throw new Error('last error');
    };
    runner.decide = (_, attempts) => {
      const delayMs = delays.get(attempts);
      return delayMs === undefined ? dead : later(delayMs);
    };
    held.onApplicationBootstrap();
    const startedAt = performance.now();
    await service.fail(store, failed(message('a1', 'a'), later(20), new Error('first error')));
    await until('it is dead', async () => (await service.states())[0] === 'a1 dead');
    expect(performance.now() - startedAt).toBeGreaterThanOrEqual(140);
    expect(runner.attempts.map(({ attempt }) => attempt)).toEqual([4, 5, 6]);
    const [row] = await service.rows();
    expect(row).toMatchObject({ attempts: 6, reason: 'RETRIES_EXHAUSTED', handler: 'PaymentController.process' });
    expect(row?.first_error).toContain('first error');
    expect(row?.last_error).toContain('last error');
    expect(row?.fingerprint).toMatch(/^Error at .*due-messages\.int-spec\.ts/);
    expect(sink.published.map(({ data }) => data)).toMatchObject([{ messageId: 'a1', attempts: 6 }]);
    expect(inbox.outcomes.get('payment a1')).toBe('dead');
    expect(await service.effects()).toEqual([]);
  });

  it('lets the order of a key go with park: false, also after delayed attempts', async () => {
    const { store, held, runner } = service.replica({ park: false });
    runner.handle = ({ identity }) => {
      if (identity.id === 'a1') throw new Error('broken');
    };
    await service.fail(store, failed(message('a1', 'a'), later(0)), failed(message('b1', 'b'), dead));
    await service.consume(store, [message('a2', 'a'), message('b2', 'b')]);
    expect(await service.effects()).toEqual(['b2']);
    held.onApplicationBootstrap();
    await until('a2 has run', async () => (await service.effects()).includes('a2'));
    await until('the key is unparked', async () => !(await service.isParked(store, 'a')));
    await service.consume(store, [message('a3', 'a')]);
    expect(await service.effects()).toEqual(['b2', 'a2', 'a3']);
    expect(await service.states()).toEqual(['a1 dead', 'b1 dead', 'a2 handled']);
  });

  it('F19 two replicas at once: each message takes effect once, in the order of its key', async () => {
    const [one, two] = [service.replica(), service.replica()];
    const keys = Array.from({ length: 30 }, (_, index) => `k${index}`);
    await service.fail(one.store, ...keys.map((key) => failed(message(`${key}-1`, key), later(0))));
    for (const place of [2, 3])
      await service.consume(
        one.store,
        keys.map((key) => message(`${key}-${place}`, key)),
      );
    one.held.onApplicationBootstrap();
    two.held.onApplicationBootstrap();
    await until('all have run', async () => (await service.states()).every((state) => state.endsWith('handled')));
    const effects = await service.effects();
    expect(effects).toHaveLength(90);
    for (const key of keys) {
      expect(effects.filter((id) => id.startsWith(`${key}-`))).toEqual([`${key}-1`, `${key}-2`, `${key}-3`]);
    }
  });

  it('F19 a claim that ran out while its handler was still busy: one effect', async () => {
    const [slow, quick] = [service.replica(), service.replica()];
    let letGo = (): void => {};
    const busy = new Promise<void>((resolve) => (letGo = resolve));
    slow.runner.run = ((run) => async (held, options) => {
      await busy;
      return run(held, options);
    })(slow.runner.run.bind(slow.runner));
    await service.fail(slow.store, failed(message('a1', 'a'), later(0)));
    slow.held.onApplicationBootstrap();
    await until('slow has it', async () => (await service.execute('claimed', CLAIMED)).length === 1);
    await service.execute('run_out', RUN_OUT);
    quick.held.onApplicationBootstrap();
    await until('quick has handled it', async () => (await service.effects()).length === 1);
    letGo();
    await slow.held.beforeApplicationShutdown();
    expect(slow.runner.attempts).toHaveLength(1);
    expect([await service.effects(), await service.states()]).toEqual([['a1'], ['a1 handled']]);
  });

  it('follows a process that died with a claim, once the claim has run out', async () => {
    const { store, held } = service.replica();
    await service.fail(store, failed(message('a1', 'a'), later(0)));
    await service.consume(store, [message('a2', 'a')]);
    await service.execute('claim', `UPDATE held_message SET claimed_until = now() + interval '1 hour'`);
    await service.fail(store, failed(message('b1', 'b'), later(0)));
    held.onApplicationBootstrap();
    await until('b1 has run', async () => (await service.effects()).length === 1);
    expect(await service.effects()).toEqual(['b1']);
    await service.execute('run_out', RUN_OUT);
    await until('all have run', async () => (await service.effects()).length === 3);
    expect(await service.effects()).toEqual(['b1', 'a1', 'a2']);
  });

  it('counts no attempt when the infrastructure fails, and tries again', async () => {
    const { store, held, runner } = service.replica({ pollIntervalMs: NEVER });
    runner.handle = () => {
      if (runner.attempts.length === 1) throw new Outage();
    };
    held.onApplicationBootstrap();
    await service.fail(store, failed(message('a1', 'a'), later(0)));
    await until('it has run', async () => (await service.effects()).length === 1);
    expect(runner.attempts.map(({ attempt }) => attempt)).toEqual([4, 4]);
  });

  it('runs a message again as soon as the database is back that went away under its attempt (F18)', async () => {
    const { store, held, runner } = service.replica();
    const run = runner.run.bind(runner);
    const failures = jest.spyOn(failureLog, 'failed');
    runner.run = async () => {
      await service.execute('away', 'ALTER TABLE held_message RENAME TO held_message_away');
      runner.run = run;
      return { kind: 'interrupted', error: new Outage() };
    };
    await service.fail(store, failed(message('a1', 'a'), later(0)));
    held.onApplicationBootstrap();
    await until('the attempt could not be recorded', async () => failures.mock.calls.length > 0);
    await service.execute('back', 'ALTER TABLE held_message_away RENAME TO held_message');
    await until('it has run', async () => (await service.effects()).length === 1);
    expect(runner.attempts.map(({ attempt }) => attempt)).toEqual([4]);
    failures.mockRestore();
  });

  it('postpones, uncounted, what waits for a dependency that is down', async () => {
    const { store, held, runner } = service.replica({ pollIntervalMs: NEVER });
    const startedAt = performance.now();
    runner.handle = () => {
      if (runner.attempts.length <= 2) throw new Outage({ retryAfterMs: 150 });
    };
    held.onApplicationBootstrap();
    await service.fail(store, failed(message('a1', 'a'), later(0)));
    await until('it has run', async () => (await service.effects()).length === 1);
    expect(performance.now() - startedAt).toBeGreaterThanOrEqual(300);
    expect(runner.attempts.map(({ attempt }) => attempt)).toEqual([4, 4, 4]);
  });

  it('F62: runs at once what was postponed, and nothing else, when what its handler calls is back', async () => {
    const { store, held } = service.replica({ pollIntervalMs: NEVER });
    const postponed: FailureDecision = { kind: 'postpone', delayMs: NEVER };
    await service.fail(store, failed(message('a1', 'a'), postponed), failed(message('b1', 'b'), later(NEVER)));
    held.onApplicationBootstrap();
    await service.database.transaction((tx) => store.resume(tx, 'payment', 'Another.handler'));
    await service.database.transaction((tx) => store.resume(tx, 'payment', 'PaymentController.process'));
    await until('a1 has run', async () => (await service.effects()).length > 0);
    expect(await service.states()).toEqual(['a1 handled', 'b1 retrying']);
  });

  it('F62: lets no message wait for the outside call of another one', async () => {
    const { store, held, runner } = service.replica({ pollIntervalMs: NEVER });
    let hangUp = (): void => {};
    const hanging = new Promise<void>((resolve) => (hangUp = resolve));
    const run = runner.run.bind(runner);
    runner.run = async (of, options) => {
      if (of.identity.id === 'a1') {
        options.onCalling?.();
        await hanging;
      }
      return run(of, options);
    };
    await service.fail(store, failed(message('a1', 'a'), later(0)));
    held.onApplicationBootstrap();
    await until('a1 is called', async () => (await service.execute('claimed', CLAIMED)).length === 1);
    await service.fail(store, failed(message('b1', 'b'), later(0)));
    await until('b1 has run', async () => (await service.effects()).length === 1);
    hangUp();
    await until('a1 has run', async () => (await service.effects()).length === 2);
    await until('its key is unparked', async () => !(await service.isParked(store, 'a')));
    expect(await service.effects()).toEqual(['b1', 'a1']);
  });

  it('looks at the database once for what it can not run, not all the time', async () => {
    const { store, held } = service.replica({ pollIntervalMs: NEVER });
    await service.fail(store, failed(message('a1', 'a'), later(0)), failed(message('b1', 'b'), dead));
    await service.fail(store, failed(message('b2', 'b'), later(0)));
    await service.execute(
      'claim_a',
      `UPDATE held_message SET claimed_until = now() + interval '1 hour' WHERE key = 'a'`,
    );
    let looks = 0;
    const { database } = service;
    const query = database.query.bind(database);
    database.query = (statement, values) => {
      if (statement.name === 'dlq_claim_runnable') looks += 1;
      return query(statement, values);
    };
    held.onApplicationBootstrap();
    held.wake();
    await until('it has looked', () => looks === 2);
    await service.fail(store, failed(message('c1', 'c'), later(60)));
    await until('c1 has run', async () => (await service.effects()).includes('c1'));
    await held.beforeApplicationShutdown();
    Reflect.deleteProperty(database, 'query');
    expect(looks).toBeLessThanOrEqual(6);
  });
});

const CLAIMED = `SELECT 1 FROM held_message WHERE claimed_until > now()`;
const RUN_OUT = `UPDATE held_message SET claimed_until = now() - interval '1 second' WHERE claimed_until IS NOT NULL`;
