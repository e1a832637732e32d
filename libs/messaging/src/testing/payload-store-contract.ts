import { randomBytes, randomUUID } from 'node:crypto';

import type { PayloadStore } from '../payload-store.js';
import { eventually } from './eventually.js';

/** What every {@link PayloadStore} promises; run it on yours. `create` gives an empty store that is closed after each test. */
export function payloadStoreContract(name: string, create: () => Promise<PayloadStore>): void {
  describe(`${name} keeps the contract of a payload store`, () => {
    let store: PayloadStore;

    beforeEach(async () => {
      store = await create();
    });

    afterEach(async () => store?.close());

    /** A moment that divides what was put before from what is put afterwards. @returns the age of what lies before it. */
    const divide = async (): Promise<() => number> => {
      const start = Date.now();
      await eventually(() => Date.now() > start + 20);
      const moment = Date.now();
      // As long as a busy machine may take from a call of the age to the store's look at its clock.
      await eventually(() => Date.now() > moment + 500);
      return () => Date.now() - moment;
    };

    it('gives back the bytes that were put, whatever they are', async () => {
      const payloads = [
        Buffer.from('{"text":"ä€𝄞\\u0000\\ud800"}'),
        Buffer.from([0, 255, 0xd8, 0x00, 0]),
        Buffer.alloc(0),
        randomBytes(3_000_000),
      ];
      const ids = payloads.map(() => randomUUID());
      for (const [index, payload] of payloads.entries()) await store.put(ids[index] ?? '', payload);
      for (const [index, payload] of payloads.entries()) {
        expect((await store.get(ids[index] ?? ''))?.equals(payload)).toBe(true);
      }
    });

    it('tells a payload that it does not hold from a failure', async () => {
      await expect(store.get(randomUUID())).resolves.toBeUndefined();
    });

    it('takes the same payload again, from several sides at once', async () => {
      const id = randomUUID();
      const payload = randomBytes(100_000);
      await Promise.all([store.put(id, payload), store.put(id, payload), store.put(id, payload)]);
      await store.put(id, payload);
      expect((await store.get(id))?.equals(payload)).toBe(true);
    });

    it('never shows half a payload while it is put again', async () => {
      const id = randomUUID();
      const [one, other] = [Buffer.alloc(500_000, 1), Buffer.alloc(400_000, 2)];
      await store.put(id, one);
      const seen = await Promise.all([store.put(id, other), ...Array.from({ length: 20 }, async () => store.get(id))]);
      for (const payload of seen.slice(1))
        expect(payload?.equals(one) === true || payload?.equals(other) === true).toBe(true);
    });

    it('sweeps what is older than asked, and nothing else', async () => {
      const [old, young] = [randomUUID(), randomUUID()];
      await store.put(old, Buffer.from('old'));
      const age = await divide();
      await store.put(young, Buffer.from('young'));
      await expect(store.sweep(age(), 100)).resolves.toBe(1);
      await expect(store.get(old)).resolves.toBeUndefined();
      await expect(store.get(young)).resolves.toEqual(Buffer.from('young'));
    });

    it('sweeps at most as many as asked', async () => {
      for (let n = 0; n < 5; n += 1) await store.put(randomUUID(), Buffer.from('old'));
      const age = await divide();
      await expect(store.sweep(age(), 2)).resolves.toBe(2);
      await expect(store.sweep(age(), 100)).resolves.toBe(3);
    });

    it('removes what is named, and nothing else; repeatedly', async () => {
      const [one, other] = [randomUUID(), randomUUID()];
      await store.put(one, Buffer.from('one'));
      await store.put(other, Buffer.from('other'));
      await store.remove([one, randomUUID()]);
      await store.remove([one]);
      await store.remove([]);
      await expect(store.get(one)).resolves.toBeUndefined();
      await expect(store.get(other)).resolves.toEqual(Buffer.from('other'));
    });

    it('keeps what was put again or renewed', async () => {
      const [putAgain, renewed, left] = [randomUUID(), randomUUID(), randomUUID()];
      for (const id of [putAgain, renewed, left]) await store.put(id, Buffer.from(id));
      const age = await divide();
      await store.put(putAgain, Buffer.from(putAgain));
      await store.renew([renewed, randomUUID()]);
      await store.renew([]);
      await expect(store.sweep(age(), 100)).resolves.toBe(1);
      await expect(store.get(putAgain)).resolves.toEqual(Buffer.from(putAgain));
      await expect(store.get(renewed)).resolves.toEqual(Buffer.from(renewed));
      await expect(store.get(left)).resolves.toBeUndefined();
    });
  });
}
