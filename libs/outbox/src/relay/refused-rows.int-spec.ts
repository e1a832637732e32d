import { createTestDatabase } from '@waybill/embedded/testing';
import type { TestDatabase } from '@waybill/embedded/testing';

import { RefusedRows } from '../refused-rows.js';
import { OutboxHarness, until } from '../testing/outbox-harness.js';
import { ScriptedBroker } from '../testing/scripted-broker.js';
import { testMessage } from '../testing/test-message.js';
import type { OutboxRelay } from './relay.js';

jest.setTimeout(60_000);

const decision = { by: 'ada', why: 'the limit was raised' };

describe('a message that the broker refuses for good (F2, F7)', () => {
  let testDatabase: TestDatabase;
  let harness: OutboxHarness;
  let broker: ScriptedBroker;

  beforeEach(async () => {
    testDatabase = await createTestDatabase('outbox_refused');
    harness = await OutboxHarness.open(testDatabase.url);
    broker = new ScriptedBroker();
  });

  afterEach(async () => {
    await harness.close();
    await testDatabase.drop();
  });

  const rowsOf = (relay: OutboxRelay): RefusedRows => new RefusedRows(harness.database, relay);
  const seenOf = (key: string): readonly string[] => [
    ...new Set(broker.log.filter((record) => record.key?.toString() === key).map(({ id }) => id)),
  ];
  const decide = (rows: RefusedRows, action: 'retry' | 'discard', id: string, by = decision) =>
    harness.database.transaction((tx) => rows[action](tx, id, by));
  const withRefused = async (...ids: readonly string[]) => {
    const { outbox, relay } = harness.withRelay(broker, { topics: ['t'] });
    broker.refuse = ({ headers }) => (ids.includes(String(headers['ce_id'])) ? 'refused for good' : undefined);
    relay.start();
    return { outbox, relay };
  };

  it('holds back its key alone: every other key of its shard is published, from memory and from the table', async () => {
    const poison = testMessage('t', 'poison');
    const { outbox, relay } = await withRefused(poison.id);
    await harness.add(outbox, poison, testMessage('t', 'poison'));
    for (let n = 0; n < 40; n++) await harness.add(outbox, testMessage('t', `k${n}`));
    await until('the other keys are published', async () => (await harness.unpublished()) === 2);
    const later = testMessage('t', 'poison');
    await harness.add(outbox, later);
    await harness.add(harness.outbox(), testMessage('t', 'poison')); // another process
    for (let n = 0; n < 40; n++) await harness.add(harness.outbox(), testMessage('t', `k${n}`));
    await until('the other keys are published again', async () => (await harness.unpublished()) === 4);
    expect(seenOf('poison')).toEqual([]);
    await until('the topic counts as healthy', async () => (await relay.state()).failing.length === 0);
    expect(await rowsOf(relay).listForOperators()).toMatchObject([
      { id: poison.id, topic: 't', key: 'poison', reason: 'refused for good', refusals: 1, waitingBehind: 3 },
    ]);
  });

  it('is published after a retry, before what came later of its key', async () => {
    const messages = Array.from({ length: 5 }, () => testMessage('t', 'k'));
    const poison = messages[1];
    const { outbox, relay } = await withRefused(poison?.id ?? '');
    for (const message of messages.slice(0, 3)) await harness.add(outbox, message);
    await until('it is set aside', async () => (await rowsOf(relay).listForOperators()).length === 1);
    await harness.add(outbox, ...messages.slice(3));
    broker.refuse = () => undefined;
    await decide(rowsOf(relay), 'retry', poison?.id ?? '');
    const last = testMessage('t', 'k');
    await harness.add(outbox, last);
    await until('all are published', async () => (await harness.unpublished()) === 0);
    expect(seenOf('k')).toEqual([...messages, last].map(({ id }) => id));
    expect(await rowsOf(relay).listForOperators()).toEqual([]);
  });

  it('is set aside again where a retry is refused again, and is left out where it is discarded, with who and why', async () => {
    const [poison, later] = [testMessage('t', 'k'), testMessage('t', 'k')];
    const { outbox, relay } = await withRefused(poison.id);
    await harness.add(outbox, poison, later);
    const rows = rowsOf(relay);
    await until('it is set aside', async () => (await rows.listForOperators()).length === 1);
    await decide(rows, 'retry', poison.id);
    await until('it is set aside again', async () => (await rows.listForOperators())[0]?.refusals === 2);
    expect(seenOf('k')).toEqual([]);
    await decide(rows, 'discard', poison.id, { by: 'ada', why: 'sent by hand' });
    await until('the later one is published', async () => (await harness.unpublished()) === 0);
    expect(seenOf('k')).toEqual([later.id]);
    await expect(decide(rows, 'retry', poison.id)).rejects.toMatchObject({ code: 'REFUSED_MESSAGE_NOT_FOUND' });
    await expect(harness.sql('SELECT outcome, ended_by, ended_why FROM outbox_refused')).resolves.toEqual([
      { outcome: 'discarded', ended_by: 'ada', ended_why: 'sent by hand' },
    ]);
  });

  it('keeps the order of its key where other processes, which hold other shards, wrote what came later', async () => {
    const poison = testMessage('t', 'k');
    const { outbox, relay } = await withRefused(poison.id);
    await harness.add(outbox, poison);
    await until('it is set aside', async () => (await rowsOf(relay).listForOperators()).length === 1);
    const later = Array.from({ length: 8 }, () => testMessage('t', 'k'));
    for (const [shard, message] of later.entries()) {
      await harness.add(
        harness.outbox({}, { shardFor: () => 7 - shard, accept: () => {}, lookAgain: () => {} }),
        message,
      );
    }
    broker.refuse = () => undefined;
    await decide(rowsOf(relay), 'retry', poison.id);
    await until('all are published', async () => (await harness.unpublished()) === 0);
    expect(seenOf('k')).toEqual([poison, ...later].map(({ id }) => id));
  });

  it('without a key, holds back nothing', async () => {
    const poison = testMessage('t', null);
    const { outbox, relay } = await withRefused(poison.id);
    await harness.add(outbox, poison, testMessage('t', null), testMessage('t', null));
    await until('the others are published', async () => (await harness.unpublished()) === 1);
    await until('it is set aside', async () => (await rowsOf(relay).listForOperators())[0]?.waitingBehind === 0);
  });

  it('waits through a change of relays, and a message that commits during the retry keeps its place', async () => {
    const poison = testMessage('t', 'k');
    const first = await withRefused(poison.id);
    await harness.add(first.outbox, poison);
    await until('it is set aside', async () => (await rowsOf(first.relay).listForOperators()).length === 1);
    await first.relay.stop();
    const { outbox, relay } = harness.withRelay(broker, { topics: ['t'] });
    relay.start();
    broker.refuse = () => undefined;
    const racing = Array.from({ length: 20 }, () => testMessage('t', 'k'));
    await Promise.all([
      decide(rowsOf(relay), 'retry', poison.id),
      (async () => {
        for (const message of racing) await harness.add(outbox, message);
      })(),
    ]);
    await until('all are published', async () => (await harness.unpublished()) === 0);
    expect(seenOf('k')).toEqual([poison, ...racing].map(({ id }) => id));
  });

  it('is told apart from what is merely on its way, with the reason, and so is what waits behind it', async () => {
    const [poison, behind, other] = [testMessage('t', 'k'), testMessage('t', 'k'), testMessage('u', 'k')];
    const { outbox, relay } = await withRefused(poison.id);
    await harness.add(outbox, poison, behind);
    await until('it is set aside', async () => (await rowsOf(relay).listForOperators()).length === 1);
    await harness.add(harness.outbox(), other); // a topic that nobody relays
    const ids = [poison.id, behind.id, other.id];
    expect(await outbox.refusedAmong(ids)).toEqual(
      new Map([poison.id, behind.id].map((id) => [id, 'refused for good'])),
    );
    expect(await outbox.unpublishedAmong(ids)).toEqual(new Set(ids));
  });
});
