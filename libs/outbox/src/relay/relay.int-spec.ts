import { createTestDatabase } from '@waybill/embedded/testing';
import type { TestDatabase } from '@waybill/embedded/testing';
import { watchPoints } from '@waybill/observability/testing';

import type { OutboxFlush, PublishPoint } from '../diagnostics.js';
import { OutboxHarness, until } from '../testing/outbox-harness.js';
import { ScriptedBroker } from '../testing/scripted-broker.js';
import { testMessage } from '../testing/test-message.js';
import type { OutboxRelay } from './relay.js';

jest.setTimeout(60_000);

describe('OutboxRelay', () => {
  let testDatabase: TestDatabase;
  let harness: OutboxHarness;
  let broker: ScriptedBroker;

  beforeEach(async () => {
    testDatabase = await createTestDatabase('outbox');
    harness = await OutboxHarness.open(testDatabase.url);
    broker = new ScriptedBroker();
  });

  afterEach(async () => {
    broker.hold = async () => {};
    await harness.close();
    await testDatabase.drop();
  });

  const holds = (relay: OutboxRelay, shards: number): Promise<void> =>
    until(`${shards} shards are held`, async () => (await relay.state()).shards === shards);
  const allMarked = (): Promise<void> => until('all are marked', async () => (await harness.unpublished()) === 0);

  it('publishes from memory, each message once', async () => {
    const { outbox, relay } = harness.withRelay(broker, { topics: ['t'] });
    relay.start();
    await holds(relay, 8);
    for (let n = 0; n < 50; n++) await harness.add(outbox, testMessage('t', `key-${n % 10}`, { n }));
    await allMarked();
    expect(broker.log).toHaveLength(50);
    expect(broker.log[0]?.headers).toMatchObject({ ce_source: '/test', ce_type: 'test.happened.v1' });
  });

  it('tells its diagnostic points which messages a transaction writes, and which go to the broker and have been taken', async () => {
    const { outbox, relay } = harness.withRelay(broker, { topics: ['t'] });
    relay.start();
    await holds(relay, 8);
    const watched = watchPoints('waybill:outbox:flush', 'waybill:publish:begin', 'waybill:publish:end');
    broker.refuse = () => (broker.requests === 1 ? 'refused' : undefined);
    const message = testMessage('t', 'k');
    await harness.add(outbox, message);
    await allMarked();
    watched.stop();
    // Each has rows.
    const told = watched.told.map(({ point, message: told }) => [
      point,
      (told as OutboxFlush | PublishPoint).rows.map(({ id }) => id),
    ]);
    expect(told).toEqual([
      ['waybill:outbox:flush', [message.id]],
      ['waybill:publish:begin', [message.id]],
      ['waybill:publish:end', []],
      ['waybill:publish:begin', [message.id]],
      ['waybill:publish:end', [message.id]],
    ]);
  });

  it('publishes everything once the broker takes it again, in order (F2)', async () => {
    const { outbox, relay } = harness.withRelay(broker, { topics: ['t', 'u'], relay: { memoryMessages: 20 } });
    relay.start();
    await holds(relay, 16);
    broker.refuse = () => 'refused';
    const messages = Array.from({ length: 100 }, (_, n) => testMessage(n % 2 ? 't' : 'u', 'k', { n }));
    for (const message of messages) await harness.add(outbox, message);
    await until('it has tried', async () => (await relay.state()).failing.length === 2);
    expect(broker.log).toEqual([]);
    expect((await relay.state()).backlog.find(({ topic }) => topic === 't')).toMatchObject({ unpublished: 50 });
    broker.refuse = () => undefined;
    await allMarked();
    for (const topic of ['t', 'u']) {
      const sent = messages.filter(({ contract }) => contract.topic === topic).map(({ id }) => id);
      const seen = broker.log.filter((record) => record.topic === topic).map(({ id }) => id);
      expect([...new Set(seen)]).toEqual(sent);
    }
    await until('no topic counts as failing', async () => (await relay.state()).failing.length === 0);
  });

  it('holds up only the topic that is refused (F7)', async () => {
    const { outbox, relay } = harness.withRelay(broker, { topics: ['dead', 'alive'] });
    relay.start();
    await holds(relay, 16);
    broker.refuse = ({ topic }) => (topic === 'dead' ? 'refused' : undefined);
    await harness.add(outbox, testMessage('dead', 'k'), testMessage('alive', 'k'));
    await until('the dead topic stands alone', async () =>
      (await relay.state()).failing.some(({ topic }) => topic === 'dead'),
    );
    await until('the living one is back in the shared channel', async () => (await relay.state()).failing.length === 1);
    const before = broker.log.length;
    for (let n = 0; n < 30; n++) await harness.add(outbox, testMessage('dead', `k${n}`), testMessage('alive', `k${n}`));
    await until('the living topic is published', () => broker.log.length >= before + 30);
    expect(broker.log.length).toBe(before + 30); // at the first try: no request of theirs was refused along
    expect(broker.log.every(({ topic }) => topic === 'alive')).toBe(true);
    broker.refuse = () => undefined;
    await allMarked();
  });

  it('loses nothing when one partition refuses and another accepts, however many follow (F43)', async () => {
    const { outbox, relay } = harness.withRelay(broker, { topics: ['t'] });
    relay.start();
    await holds(relay, 8);
    broker.refuses = 'single keys';
    broker.refuse = ({ key }) => (key?.toString() === 'bad' ? 'refused' : undefined);
    const batch = () => Array.from({ length: 10 }, (_, n) => testMessage('t', n % 2 ? 'bad' : 'good', { n }));
    const first = batch();
    await harness.add(outbox, ...first);
    await until('one partition has accepted', () => broker.log.length >= 5);
    broker.refuse = () => undefined;
    const second = batch();
    await harness.add(outbox, ...second);
    await allMarked();
    for (const key of ['good', 'bad']) {
      const sent = [...first, ...second].filter((message) => message.key === key).map(({ id }) => id);
      const seen = broker.log.filter((record) => record.key?.toString() === key).map(({ id }) => id);
      expect([...new Set(seen)]).toEqual(sent);
    }
  });

  it('keeps later messages of a key behind the head that another relay has in hand (F5)', async () => {
    const slow = new ScriptedBroker();
    let letGo = (): void => {};
    const held = new Promise<void>((resolve) => (letGo = resolve));
    slow.hold = () => held;
    const one = harness.withRelay(slow, { topics: ['t'] });
    one.relay.start();
    await holds(one.relay, 8);
    const head = testMessage('t', 'k');
    await harness.add(one.outbox, head);
    await until('the head is on its way', () => slow.requests === 1);
    const two = harness.withRelay(broker, { topics: ['t'] });
    two.relay.start();
    await until('the shards are shared', async () => (await two.relay.state()).shards === 4);
    const later = testMessage('t', 'k');
    await harness.add(two.outbox, later);
    const other = Array.from({ length: 20 }, (_, n) => testMessage('t', `other-${n}`));
    await harness.add(two.outbox, ...other);
    await until('shards of the second relay flow', () => broker.log.length > 0);
    expect([...slow.log, ...broker.log].map(({ id }) => id)).not.toContain(later.id);
    letGo();
    await allMarked();
    const appeared = [...slow.firstAppearances(), ...broker.firstAppearances()];
    expect(appeared.indexOf(head.id)).toBeLessThan(appeared.indexOf(later.id));
  });

  it('gives each relay its share, and lets others take over at once when it stops', async () => {
    const [one, two, three] = [1, 2, 3].map(() =>
      harness.withRelay(broker, { topics: ['t', 'u'], relay: { leaseMs: 20_000 } }),
    );
    if (!one || !two || !three) throw new Error('unreachable');
    one.relay.start();
    await holds(one.relay, 16);
    two.relay.start();
    await until(
      'two share',
      async () => (await one.relay.state()).shards === 8 && (await two.relay.state()).shards === 8,
    );
    await one.relay.stop();
    await holds(two.relay, 16);
    three.relay.start();
    await holds(three.relay, 8);
  });

  it('publishes what is in memory before it stops', async () => {
    const { outbox, relay } = harness.withRelay(broker, { topics: ['t'] });
    relay.start();
    await holds(relay, 8);
    let letGo = (): void => {};
    const held = new Promise<void>((resolve) => (letGo = resolve));
    broker.hold = () => held;
    for (let n = 0; n < 20; n++) await harness.add(outbox, testMessage('t', `k${n}`));
    const stopped = relay.stop();
    await until('it listens no more', async () => {
      const listening = await harness.sql(
        "SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND application_name = 'outbox-listener'",
      );
      return listening.length === 0;
    });
    await new Promise((resolve) => setTimeout(resolve, 50)); // and drains, or not
    letGo();
    await stopped;
    expect(broker.log).toHaveLength(20);
    expect(await harness.unpublished()).toBe(0);
    expect(await harness.sql('SELECT 1 FROM outbox_lease WHERE owner IS NOT NULL')).toEqual([]);
  });

  it('keeps no more in memory than allowed, and publishes the rest from the table, in order', async () => {
    const { outbox, relay } = harness.withRelay(broker, { topics: ['t'], relay: { memoryMessages: 10, batchSize: 5 } });
    relay.start();
    await holds(relay, 8);
    let letGo = (): void => {};
    const held = new Promise<void>((resolve) => (letGo = resolve));
    broker.hold = () => held;
    const messages = Array.from({ length: 200 }, (_, n) => testMessage('t', 'k', { n }));
    for (const message of messages) await harness.add(outbox, message);
    expect((await relay.state()).queued).toBeLessThanOrEqual(10 + 50); // and one claim, made while there was room
    letGo();
    await allMarked();
    expect(broker.firstAppearances()).toEqual(messages.map(({ id }) => id));
  });

  it('hears of rows from other processes long before the next poll', async () => {
    const { relay } = harness.withRelay(broker, { topics: ['t'], relay: { pollIntervalMs: 60_000 } });
    relay.start();
    await holds(relay, 8);
    const elsewhere = harness.withRelay(broker, { topics: ['t'] }); // not started: it holds no shard
    const messages = Array.from({ length: 10 }, (_, n) => testMessage('t', `k${n}`));
    await until('notified', async () => {
      await harness.add(elsewhere.outbox, ...messages.splice(0, 1), testMessage('t', 'k'));
      return broker.log.length > 0;
    });
    await until('all that was committed is published', async () => (await harness.unpublished()) === 0);
  });

  it('continues when the server closes its connections, again and again (F58)', async () => {
    const { outbox, relay } = harness.withRelay(broker, { topics: ['t'] });
    relay.start();
    await holds(relay, 8);
    const terminate = async (): Promise<void> => {
      await harness.sql(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND application_name LIKE 'outbox%'",
      );
    };
    const messages = Array.from({ length: 60 }, (_, n) => testMessage('t', `k${n % 3}`, { n }));
    for (const [n, message] of messages.entries()) {
      if (n % 10 === 0) await terminate();
      await harness.add(n % 2 ? outbox : harness.outbox(), message);
    }
    await allMarked();
    await terminate();
    await until('LISTEN holds again', async () => {
      const listening = await harness.sql(
        "SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND query LIKE 'LISTEN%' AND state = 'idle'",
      );
      return listening.length === 1;
    });
    const appeared = broker.firstAppearances();
    for (const key of [0, 1, 2]) {
      const sent = messages.filter((_, n) => n % 3 === key).map(({ id }) => id);
      expect(appeared.filter((id) => sent.includes(id))).toEqual(sent);
    }
  });

  it('sweeps published rows after their time, and never unpublished ones', async () => {
    const relay = { retentionMs: 3_600_000, sweepIntervalMs: 50 };
    await harness.add(harness.outbox(), ...Array.from({ length: 2_500 }, (_, n) => testMessage('t', `k${n}`)));
    await harness.sql(`UPDATE outbox SET created_at = now() - interval '2 hours',
      published_at = CASE WHEN seq % 5 > 0 THEN now() - CASE WHEN seq % 5 = 1 THEN interval '1 minute' ELSE interval '90 minutes' END END`);
    broker.refuse = () => 'refused';
    const { relay: sweeping } = harness.withRelay(broker, { topics: ['t'], relay });
    sweeping.start();
    await until('the old ones are gone', async () => {
      const [row] = await harness.sql<{ n: number }>('SELECT count(*)::int AS n FROM outbox');
      return row?.n === 1_000;
    });
    expect(await harness.unpublished()).toBe(500);
  });
});
