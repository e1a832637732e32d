import type { HandlerKind } from '../../../handler.js';
import { ByReferenceSetup } from '../../../testing/by-reference-setup.js';
import { notes } from '../../../testing/engine-setup.js';
import { eventually } from '../../../testing/eventually.js';
import { noteContract, noteRecord } from '../../../testing/test-contract.js';

const unknown = noteContract('notes', 'note.unheard-of');

describe('a message that travels by reference', () => {
  let setup: ByReferenceSetup;
  beforeEach(async () => {
    setup = new ByReferenceSetup();
    await setup.broker.ensureTopics([{ name: 'notes', kind: 'event' }]);
  });
  afterEach(async () => setup.stop());

  it.each<HandlerKind>(['single', 'batch', 'outside-call'])(
    'reaches a %s handler with its payload, in the order of its key',
    async (kind) => {
      await setup.start(kind);
      for (let n = 0; n < 6; n += 1) await setup.publish('k', n % 2 ? `large ${n}` : `small ${n}`);
      await setup.acknowledged(6);
      expect(setup.handled).toEqual([
        'k: small 0',
        'k: large 1',
        'k: small 2',
        'k: large 3',
        'k: small 4',
        'k: large 5',
      ]);
    },
  );

  it('F82: reaches each handler of its event, and is replayed in the one that it was held for', async () => {
    setup.store.answer = async () => Promise.reject(new Error('down'));
    await setup.start('single', 'bound', ['second']);
    const id = await setup.publish('a', 'large');
    await eventually(() => setup.interruptions.length > 0);
    setup.store.answer = async () => {};
    await setup.acknowledged(1);
    expect(setup.handled.toSorted()).toEqual(['a: large', 'second a: large']);

    setup.store.payloads.delete(id);
    await setup.publish('b', 'large', { stored: false });
    await setup.acknowledged(2);
    const letter = setup.failures.failed.find(({ identity }) => identity.subscriber === 'second');
    if (!letter) throw new Error('No letter');
    setup.store.payloads.set(letter.identity.id, {
      payload: noteRecord(notes, 'b', 'large').value ?? Buffer.alloc(0),
      storedAtMs: 0,
    });
    await expect(setup.replay(letter)).resolves.toEqual({ kind: 'handled' });
    expect(setup.handled.toSorted()).toEqual(['a: large', 'second a: large', 'second b: large']);
  });

  it('keeps its place when what precedes it in the same batch fails', async () => {
    setup.shaky.add('k: first');
    setup.store.answer = () => eventually(() => setup.handled.length > 0); // the fetch ends after the retry
    for (const text of ['first', 'large second', 'third']) await setup.publish('k', text);
    await setup.start('single');
    await setup.acknowledged(3);
    expect(setup.handled).toEqual(['k: first', 'k: large second', 'k: third']);
  });

  it('waits for a store that is down without holding up other keys, and is nobody’s attempt', async () => {
    setup.store.answer = async () => Promise.reject(new Error('down'));
    await setup.start();
    await setup.publish('a', 'large');
    await setup.publish('a', 'behind it');
    await setup.publish('b', 'small');
    await setup.publish(null, 'small');
    await eventually(() => setup.handled.length === 2 && setup.interruptions.length > 1);
    expect(setup.handled.sort()).toEqual(['b: small', 'null: small']);
    setup.store.answer = async () => {};
    await setup.acknowledged(4);
    expect(setup.handled.slice(2)).toEqual(['a: large', 'a: behind it']);
    expect(setup.failures.failed).toEqual([]);
  });

  it('F68: becomes a dead letter at once where no store is bound, as no attempt could succeed; its lane moves on', async () => {
    await setup.start('batch', 'unbound');
    await setup.publish('a', 'large');
    await setup.publish('b', 'small');
    await setup.acknowledged(2);
    expect(setup.failures.failed[0]?.decision).toEqual({ kind: 'dead-letter', reason: 'PAYLOAD_STORE_UNBOUND' });
    expect([setup.handled, setup.interruptions]).toEqual([['b: small'], []]);
  });

  it('becomes a dead letter at once where its payload is missing, keeping its reference; what is behind it is parked', async () => {
    await setup.start();
    await setup.publish('a', 'large', { stored: false });
    await setup.publish('a', 'behind it');
    await setup.acknowledged(2);
    const [letter] = setup.failures.failed;
    expect(letter?.decision).toEqual({ kind: 'dead-letter', reason: 'PAYLOAD_MISSING' });
    expect(letter?.record.value).toEqual(Buffer.alloc(0));
    expect(letter?.record.headers).toHaveProperty('ce_dataref');
    expect(letter?.handler).toBe('Notes.take');
    expect(setup.failures.parked).toHaveLength(1);
    expect(setup.store.gets).toBe(1);
  });

  it.each([
    ['other bytes', Buffer.from('{"text":"large!"}'), 'SHA-256'],
    ['fewer bytes', Buffer.from('{}'), 'bytes instead of'],
  ])('becomes a dead letter at once where the store holds %s', async (_, payload, why) => {
    await setup.start();
    const id = await setup.publish('a', 'large ', { stored: false });
    setup.store.payloads.set(id, { payload, storedAtMs: 0 });
    await setup.acknowledged(1);
    const [letter] = setup.failures.failed;
    expect(letter?.decision).toEqual({ kind: 'dead-letter', reason: 'PAYLOAD_CORRUPT' });
    expect(String(letter?.error)).toContain(why);
    expect(setup.handled).toEqual([]);
  });

  it('becomes a dead letter where the store gives out others but not its own payload; the letter can be replayed', async () => {
    await setup.start();
    const id = await setup.publish('bad', 'large');
    setup.store.unreadable.add(id);
    await setup.publish('bad', 'behind it');
    for (let n = 0; setup.failures.failed.length === 0; n += 1) {
      await setup.publish(`good${n}`, 'large');
      await eventually(() => setup.handled.length === n + 1);
    }
    const [letter] = setup.failures.failed;
    expect(letter?.decision).toEqual({ kind: 'dead-letter', reason: 'PAYLOAD_UNREADABLE' });
    expect(setup.failures.parked).toHaveLength(1);
    expect(setup.handled.every((label) => label.startsWith('good'))).toBe(true);
    setup.store.unreadable.clear();
    if (!letter) throw new Error('No letter');
    await expect(setup.replay(letter)).resolves.toEqual({ kind: 'handled' });
  });

  it('waits on, where no other payload shows that the store works', async () => {
    await setup.start();
    setup.store.unreadable.add(await setup.publish('bad', 'large'));
    await eventually(() => setup.store.gets === 7, 20_000);
    expect(setup.failures.failed).toEqual([]);
  }, 30_000);

  it('becomes a dead letter where the reference is not one of ours', async () => {
    await setup.start();
    const publisher = await setup.broker.createPublisher();
    const whole = noteRecord(notes, 'a', 'x');
    const headers = { ...whole.headers, ce_dataref: '../../../../etc/passwd' };
    await publisher.publish([{ ...whole, value: null, headers }]);
    await setup.acknowledged(1);
    expect(setup.failures.failed[0]?.decision).toEqual({ kind: 'dead-letter', reason: 'PAYLOAD_REFERENCE_UNUSABLE' });
    expect(setup.store.gets).toBe(0);
  });

  it('is read from the record where that carries the data beside the reference', async () => {
    await setup.start();
    const publisher = await setup.broker.createPublisher();
    const whole = noteRecord(notes, 'a', 'whole');
    await publisher.publish([{ ...whole, headers: { ...whole.headers, ce_dataref: 'https://example.org/x' } }]);
    await setup.acknowledged(1);
    expect(setup.handled).toEqual(['a: whole']);
  });

  it('is passed over unfetched where no handler wants it', async () => {
    await setup.start();
    await setup.publish('a', 'large', { contract: unknown });
    await setup.acknowledged(1);
    expect(setup.store.gets).toBe(0);
  });

  it('is fetched again when it is replayed, once its payload is back', async () => {
    await setup.start();
    const id = await setup.publish('a', 'large', { stored: false });
    await setup.acknowledged(1);
    const [letter] = setup.failures.failed;
    if (!letter) throw new Error('No letter');
    await expect(setup.replay(letter)).resolves.toMatchObject({
      kind: 'failed',
      decision: { kind: 'dead-letter', reason: 'PAYLOAD_MISSING' },
    });
    setup.store.payloads.set(id, { payload: noteRecord(notes, 'a', 'large').value ?? Buffer.alloc(0), storedAtMs: 0 });
    setup.store.answer = async () => Promise.reject(new Error('down'));
    await expect(setup.replay(letter)).resolves.toMatchObject({ kind: 'interrupted' });
    setup.store.answer = async () => {};
    await expect(setup.replay(letter)).resolves.toEqual({ kind: 'handled' });
    expect(setup.handled).toEqual(['a: large']);
  });

  it('is forgotten by a rebalance while it waits, and delivered again', async () => {
    let letGo = (): void => {};
    const gate = new Promise<void>((resolve) => (letGo = resolve));
    setup.store.answer = () => gate;
    await setup.start();
    await setup.publish('a', 'large');
    await eventually(() => setup.store.gets === 1);
    setup.broker.rebalance('g');
    await setup.publish('a', 'behind it');
    letGo();
    await setup.acknowledged(2);
    expect(setup.handled).toEqual(['a: large', 'a: behind it']);
  });
});
