import { randomUUID } from 'node:crypto';

import { encodeReference, referTo } from '@waybill/messaging';
import type { ClaimCheck, HeldMessage } from '@waybill/messaging';
import { InMemoryPayloadStore } from '@waybill/messaging/testing';

import { PayloadKeeper } from './payload-keeper.js';
import { dead, failed, GROUP, later, message, startService, until } from './testing/service.js';
import type { Service } from './testing/service.js';

describe('payloads of held messages', () => {
  let service: Service;
  let store: InMemoryPayloadStore;
  let keeper: PayloadKeeper;

  beforeAll(async () => {
    service = await startService();
  });
  beforeEach(() => {
    store = new InMemoryPayloadStore();
    const claimCheck: ClaimCheck = { store, thresholdBytes: 1, maxPayloadBytes: 100, retentionMs: 1_000_000 };
    keeper = new PayloadKeeper(service.database, { group: GROUP }, claimCheck);
  });
  afterEach(async () => {
    await keeper.onModuleDestroy();
    await service.reset();
  });
  afterAll(async () => service.stop());

  /** A held message whose payload was stored at the beginning of time. */
  function large(key: string): HeldMessage & { readonly payload: string } {
    const payload = randomUUID();
    store.payloads.set(payload, { payload: Buffer.from('large'), storedAtMs: 0 });
    const held = message(payload, key, '');
    const headers = { ...held.record.headers, ...encodeReference(referTo(payload, Buffer.from('large'))) };
    return { ...held, payload, record: { ...held.record, headers } };
  }

  it('F39: stay young while their messages are dead, retried or parked, and age once they are handled', async () => {
    const { store: letters } = service.replica();
    const [isDead, isRetried, isParked, isHandled, isElsewhere] = ['a', 'b', 'a', 'c', 'd'].map(large);
    if (!isDead || !isRetried || !isParked || !isHandled || !isElsewhere) throw new Error('Five were made');
    await service.fail(letters, failed(isDead, dead), failed(isRetried, later(60_000)), failed(isHandled, dead));
    await service.fail(letters, failed({ ...isElsewhere, group: 'another' }, dead));
    await service.consume(letters, [isParked]);
    await service.execute('handle', "UPDATE held_message SET state = 'handled' WHERE message_id = $1", [
      isHandled.payload,
    ]);
    keeper.onApplicationBootstrap();
    const young = () => [...store.payloads].filter(([, { storedAtMs }]) => storedAtMs > 0).map(([id]) => id);
    await until('they are renewed', () => young().length > 0);
    await keeper.onModuleDestroy();
    expect(young().sort()).toEqual([isDead.payload, isRetried.payload, isParked.payload].sort());
    await expect(store.sweep(1_000_000, 10)).resolves.toBe(2);
  });

  it('are renewed all, however many there are, and one broken reference spoils nothing', async () => {
    const { store: letters } = service.replica();
    const broken = message('broken', 'x', '');
    const held = Array.from({ length: 1_100 }, (_, n) => large(`key-${n}`));
    await service.fail(
      letters,
      failed({ ...broken, record: { ...broken.record, headers: { ce_dataref: '?' } } }, dead),
    );
    await service.fail(letters, ...held.map((each) => failed(each, dead)));
    keeper.onApplicationBootstrap();
    await until('all are renewed', () => [...store.payloads.values()].every(({ storedAtMs }) => storedAtMs > 0));
  });
});
