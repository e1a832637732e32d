import { createHash } from 'node:crypto';

import { createTestDatabase } from '@waybill/embedded/testing';
import type { TestDatabase } from '@waybill/embedded/testing';
import type { ClaimCheck } from '@waybill/messaging';
import { InMemoryPayloadStore } from '@waybill/messaging/testing';

import { MessageTooLargeError } from '../outbox.errors.js';
import { OutboxHarness, until } from '../testing/outbox-harness.js';
import { ScriptedBroker } from '../testing/scripted-broker.js';
import { testMessage } from '../testing/test-message.js';
import type { OutboxRelay } from './relay.js';

jest.setTimeout(60_000);

const large = (n: number, bytes = 300_000) => ({ n, text: 'ä'.repeat(bytes / 2) });

describe('OutboxRelay with a claim check', () => {
  let testDatabase: TestDatabase;
  let harness: OutboxHarness;
  let broker: ScriptedBroker;
  let store: InMemoryPayloadStore;
  let claimCheck: ClaimCheck;

  beforeEach(async () => {
    testDatabase = await createTestDatabase('claim');
    harness = await OutboxHarness.open(testDatabase.url);
    broker = new ScriptedBroker();
    store = new InMemoryPayloadStore();
    claimCheck = { store, thresholdBytes: 262_144, maxPayloadBytes: 4_000_000, retentionMs: 1_000_000 };
  });

  afterEach(async () => {
    store.answer = async () => {};
    await harness.close();
    await testDatabase.drop();
  });

  const holds = (relay: OutboxRelay, shards: number): Promise<void> =>
    until(`${shards} shards are held`, async () => (await relay.state()).shards === shards);
  const allMarked = (): Promise<void> => until('all are marked', async () => (await harness.unpublished()) === 0);

  it('publishes the reference of a large payload, which is stored by then, and a small one as it is', async () => {
    const { outbox, relay } = harness.withRelay(broker, { topics: ['t'] }, claimCheck);
    const small = testMessage('t', 'small', { n: 1 });
    const big = testMessage('t', 'big', large(2, 1_500_000));
    const stored: boolean[] = [];
    broker.hold = async (records) =>
      void stored.push(...records.filter(({ value }) => value?.length === 0).map(() => store.payloads.has(big.id)));
    relay.start();
    await holds(relay, 8);
    await harness.add(outbox, small, big);
    await allMarked();
    const payload = Buffer.from(JSON.stringify(big.data));
    const [record] = broker.log.filter(({ id }) => id === big.id);
    expect(record?.value).toEqual(Buffer.alloc(0));
    expect(record?.headers).toMatchObject({
      ce_dataref: `urn:uuid:${big.id}`,
      ce_datasha256: createHash('sha256').update(payload).digest('hex'),
      ce_databytes: String(payload.length),
      ce_partitionkey: 'big',
    });
    expect(store.payloads.get(big.id)?.payload.equals(payload)).toBe(true);
    expect(stored).toEqual([true]);
    const whole = broker.log.filter(({ id }) => id === small.id);
    expect(whole[0]?.value?.toString()).toBe(JSON.stringify(small.data));
    expect(whole[0]?.headers).not.toHaveProperty('ce_dataref');
    expect(store.puts).toBe(1);
  });

  it('keeps the order of a key while the payload of one of its messages is on its way to the store', async () => {
    const { outbox, relay } = harness.withRelay(broker, { topics: ['t'] }, claimCheck);
    relay.start();
    await holds(relay, 8);
    let letGo = (): void => {};
    const gate = new Promise<void>((resolve) => (letGo = resolve));
    store.answer = () => gate;
    const messages = Array.from({ length: 9 }, (_, n) => testMessage('t', 'k', n % 3 === 1 ? large(n) : { n }));
    for (const message of messages.slice(0, 5)) await harness.add(outbox, message);
    await until('the first has gone', () => broker.log.length >= 1);
    await harness.add(outbox, ...messages.slice(5));
    await until('an upload is under way', () => store.puts > 0);
    expect(broker.firstAppearances()).toEqual([messages[0]?.id]);
    letGo();
    await allMarked();
    expect(broker.firstAppearances()).toEqual(messages.map(({ id }) => id));
  });

  it('lets the other topics, and other keys from memory, continue while an upload takes its time', async () => {
    const { outbox, relay } = harness.withRelay(broker, { topics: ['t', 'u'] }, claimCheck);
    relay.start();
    await holds(relay, 16);
    let letGo = (): void => {};
    const gate = new Promise<void>((resolve) => (letGo = resolve));
    store.answer = () => gate;
    await harness.add(outbox, testMessage('t', 'slow', large(0)));
    await until('the upload is under way', () => store.puts === 1);
    const others = Array.from({ length: 40 }, (_, n) => testMessage(n % 2 ? 't' : 'u', `key-${n}`, { n }));
    for (const message of others) await harness.add(outbox, message);
    await until('all others are published', () => broker.firstAppearances().length === 40);
    expect((await relay.state()).failing).toEqual([]);
    letGo();
    await allMarked();
    expect(broker.log).toHaveLength(41);
  });

  it('stores the payload once the store works again, and publishes then', async () => {
    const { outbox, relay } = harness.withRelay(broker, { topics: ['t'] }, claimCheck);
    relay.start();
    await holds(relay, 8);
    store.answer = async () => Promise.reject(new Error('the store is down'));
    const [big, after] = [testMessage('t', 'k', large(1)), testMessage('t', 'k', { n: 2 })];
    await harness.add(outbox, big);
    await harness.add(outbox, after);
    await until('it has been tried more than once', () => store.puts > 2);
    expect(broker.log).toEqual([]);
    store.answer = async () => {};
    await allMarked();
    expect(broker.firstAppearances()).toEqual([big.id, after.id]);
    expect(store.payloads.has(big.id)).toBe(true);
  });

  it('publishes large messages that another process left, many of them, each with its payload', async () => {
    const { outbox, relay } = harness.withRelay(broker, { topics: ['t'] }, claimCheck);
    const messages = Array.from({ length: 30 }, (_, n) => testMessage('t', `key-${n % 4}`, large(n)));
    for (const message of messages) await harness.add(outbox, message); // before any shard is held
    relay.start();
    await allMarked();
    expect([...store.payloads.keys()].sort()).toEqual(messages.map(({ id }) => id).sort());
    for (let key = 0; key < 4; key++) {
      const own = messages.filter((_, n) => n % 4 === key).map(({ id }) => id);
      expect(broker.firstAppearances().filter((id) => own.includes(id))).toEqual(own);
    }
  });

  describe('at `add`', () => {
    const add = (options: object, check: ClaimCheck | undefined, data: unknown): Promise<void> => {
      const { outbox } = harness.withRelay(broker, options, check);
      return harness.add(outbox, testMessage('t', 'k', data));
    };

    it('refuses what is too large for the broker where there is no store, naming the setting', async () => {
      const refused = add({ topics: ['t'] }, undefined, large(1, 1_200_000));
      await expect(refused).rejects.toThrow(MessageTooLargeError);
      await expect(refused).rejects.toThrow('CLAIM_CHECK_URL');
    });

    it('refuses what is too large for the store', async () => {
      await expect(add({ topics: ['t'] }, claimCheck, large(1, 5_000_000))).rejects.toThrow('maxPayloadBytes');
    });

    it('F39: sends no reference to a topic that is kept for ever, as the payload is not', async () => {
      const topics = [{ name: 't', kind: 'event', retentionMs: -1 }];
      await expect(add({ topics }, claimCheck, large(1, 1_200_000))).rejects.toThrow('kept for ever');
      const { outbox, relay } = harness.withRelay(
        broker,
        { topics: [{ name: 't', kind: 'event', retentionMs: -1 }] },
        claimCheck,
      );
      relay.start();
      await harness.add(outbox, testMessage('t', 'k', large(1)));
      await allMarked();
      expect(broker.log[0]?.value?.length).toBeGreaterThan(300_000);
      expect(store.puts).toBe(0);
    });

    it('refuses at boot a threshold that is not below what the broker takes', () => {
      const boot = () => harness.withRelay(broker, { topics: ['t'] }, { ...claimCheck, thresholdBytes: 1_000_000 });
      expect(boot).toThrow('ClaimCheckModule.thresholdBytes must be a whole number from 1 to');
    });
  });
});
