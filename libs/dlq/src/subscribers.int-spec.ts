import type { HeldMessage } from '@waybill/messaging';

import { dead, failed, GROUP, later, message, startService, until } from './testing/service.js';
import type { Service } from './testing/service.js';

const operator = { who: 'ada', why: 'the search index is back' };
jest.setTimeout(60_000); // conditions are awaited; one that does not come true says so after 20 s
let service: Service;

beforeAll(async () => {
  service = await startService();
});
afterEach(() => service.reset());
afterAll(() => service.stop());

/** The same message on its way to a handler with a name. */
const to = (subscriber: string, of: HeldMessage): HeldMessage => ({
  ...of,
  identity: { ...of.identity, subscriber },
  handler: `Notes.${subscriber}`,
});
const held = async () =>
  (await service.rows()).map(({ message_id: id, subscriber, state }) => `${id} ${subscriber}: ${state}`);

describe('F82: what is held back for one handler of an event', () => {
  it('parks its keys for it alone', async () => {
    const { store, parkedKeys } = service.replica();
    await service.fail(store, failed(to('index', message('a1', 'a')), dead));
    const sequence = { topic: 'payment.commands', key: Buffer.from('a') };
    const sequences = [sequence, { ...sequence, subscriber: 'index' }, { ...sequence, subscriber: 'mail' }];
    expect(await service.database.transaction((tx) => store.parkedKeys(tx, GROUP, sequences))).toEqual([
      false,
      true,
      false,
    ]);
    expect((await parkedKeys.list(10)).items).toMatchObject([{ key: 'a', subscriber: 'index', messages: 1 }]);
  });

  it('is a letter of its own: a replay runs it, and what waits behind it, in that handler alone', async () => {
    const { store, held: due, replays, letters, runner, inbox } = service.replica();
    const a1 = message('a1', 'a');
    await service.fail(store, failed(a1, dead), failed(to('index', a1), dead));
    await service.database.transaction((tx) => store.park(tx, [message('a2', 'a'), to('index', message('a2', 'a'))]));
    expect(await held()).toEqual(['a1 : dead', 'a1 index: dead', 'a2 : parked', 'a2 index: parked']);
    due.onApplicationBootstrap();
    const [ofIndex] = await letters.list({ handler: 'Notes.index' }, { limit: 10 });
    expect(ofIndex).toMatchObject({ subscriber: 'index', handler: 'Notes.index' });
    const report = await replays.replay({ ids: [ofIndex?.id ?? ''] }, operator, { limit: 10, waitMs: 20_000 });
    expect(report).toMatchObject({ taken: 1, replayed: 1 });
    await until('what waits behind it has run', async () => (await held()).includes('a2 index: handled'));
    expect(await held()).toEqual(['a1 : dead', 'a1 index: handled', 'a2 : parked', 'a2 index: handled']);
    expect(runner.attempts.map(({ id }) => id)).toEqual(['a1', 'a2']);
    expect(inbox.outcomes.get('payment a1 index')).toBe('handled');
    expect(inbox.outcomes.get('payment a1')).toBeUndefined();
    await until('its key is unparked', async () => {
      const sequence = { topic: 'payment.commands', key: Buffer.from('a') };
      const both = [sequence, { ...sequence, subscriber: 'index' }];
      const [bare, index] = await service.database.transaction((tx) => store.parkedKeys(tx, GROUP, both));
      return bare === true && index === false;
    });
  });

  it('waits for nothing of another handler', async () => {
    const { store, held: due } = service.replica();
    const a1 = message('a1', 'a');
    await service.fail(store, failed(a1, dead));
    await service.fail(store, failed(to('index', a1), later(0)), failed(to('mail', a1), later(3_600_000)));
    due.onApplicationBootstrap();
    await until('the one that is due has run', async () => (await held()).includes('a1 index: handled'));
    expect(await held()).toEqual(['a1 : dead', 'a1 index: handled', 'a1 mail: retrying']);
  });

  it('is discarded for it alone', async () => {
    const { store, discards, letters, inbox } = service.replica();
    const a1 = message('a1', 'a');
    await service.fail(store, failed(a1, dead), failed(to('index', a1), dead));
    const [ofIndex] = await letters.list({ handler: 'Notes.index' }, { limit: 1 });
    await discards.discard({ ids: [ofIndex?.id ?? ''] }, operator, 10);
    expect(await held()).toEqual(['a1 : dead', 'a1 index: discarded']);
    expect([...inbox.outcomes]).toEqual([['payment a1 index', 'discarded']]);
  });

  it('is listed page by page where one key is parked for several', async () => {
    const { store, parkedKeys } = service.replica();
    const names = ['index', 'mail', 'points'];
    await service.fail(store, ...names.map((name) => failed(to(name, message('a1', 'a')), dead)));
    const seen: (string | null)[] = [];
    for (let after: Parameters<typeof parkedKeys.list>[1] = {}, page = 0; page < 3; page += 1) {
      const list = await parkedKeys.list(1, after);
      seen.push(...list.items.map(({ subscriber }) => subscriber));
      after = list.next === undefined ? {} : { after: list.next };
    }
    expect(seen).toEqual(names);
    await service.fail(store, failed(message('b1', 'b'), dead));
    const ofKey = async (key: string) => (await parkedKeys.list(10, { key: Buffer.from(key) })).items;
    expect((await ofKey('a')).map(({ subscriber }) => subscriber)).toEqual(names);
    expect(await ofKey('b')).toMatchObject([{ key: 'b', subscriber: null, messages: 1, head: { state: 'dead' } }]);
    expect(await ofKey('c')).toEqual([]);
  });
});
