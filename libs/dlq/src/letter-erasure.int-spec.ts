import { LetterErasure } from './letter-erasure.js';
import { dead, failed, later, message, startService, undoing } from './testing/service.js';
import type { Service } from './testing/service.js';

let service: Service;

beforeAll(async () => {
  service = await startService();
});
afterEach(() => service.reset());
afterAll(() => service.stop());

describe('erasing letters', () => {
  const erasure = new LetterErasure({ group: 'payment' });

  it('forgets those of a key that have come to their end, and no open ones; says which keys have those (F81)', async () => {
    const { store } = service.replica();
    await service.fail(
      store,
      failed(message('a1', 'a'), dead),
      failed(message('b1', 'b'), dead),
      failed(message('c1', 'c'), later(3_600_000)),
    );
    await service.consume(store, [message('b2', 'b')]);
    await service.consume(store, [undoing('a2', 'a')]); // a1 is superseded
    await service.database.transaction(async (tx) => {
      expect([...(await erasure.openKeys(tx, ['a', 'b', 'c', 'd']))].sort()).toEqual(['b', 'c']);
      await erasure.erase(tx, ['a', 'b', 'c'], ['a1']);
    });
    expect(await service.states()).toContain('a1 superseded'); // it is in hand
    await service.database.transaction((tx) => erasure.erase(tx, ['a', 'b', 'c']));
    expect((await service.states()).toSorted()).toEqual(['b1 dead', 'b2 parked', 'c1 retrying']);
  });
});
