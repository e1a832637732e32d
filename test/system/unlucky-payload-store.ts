import type { PayloadStore } from '@waybill/messaging';

/** `put` and `get` = the store is down for these; `corrupt` = it stores other bytes; `lose` = it stores none. */
export type Mishap = 'put' | 'get' | 'corrupt' | 'lose';

/** A real store with what can happen to one. */
export class UnluckyPayloadStore implements PayloadStore {
  mishap: Mishap | undefined;
  refusals = 0;

  constructor(private readonly store: PayloadStore) {}

  async put(id: string, payload: Buffer): Promise<void> {
    this.#refuseIf('put');
    if (this.mishap === 'lose') return;
    const bytes = Buffer.from(payload);
    if (this.mishap === 'corrupt') bytes.writeUInt8(bytes.readUInt8(0) ^ 1, 0);
    await this.store.put(id, bytes);
  }

  async get(id: string): Promise<Buffer | undefined> {
    this.#refuseIf('get');
    return this.store.get(id);
  }

  renew(ids: readonly string[]): Promise<void> {
    return this.store.renew(ids);
  }

  sweep(olderThanMs: number, limit: number): Promise<number> {
    return this.store.sweep(olderThanMs, limit);
  }

  remove(ids: readonly string[]): Promise<void> {
    return this.store.remove(ids);
  }

  close(): Promise<void> {
    return this.store.close();
  }

  #refuseIf(mishap: Mishap): void {
    if (this.mishap !== mishap) return;
    this.refusals += 1;
    throw new Error('The payload store is down');
  }
}
