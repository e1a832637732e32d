import type { PayloadStore } from '../payload-store.js';

/** {@link PayloadStore} for tests; can be out of order, and shows what it holds. */
export class InMemoryPayloadStore implements PayloadStore {
  readonly payloads = new Map<string, { payload: Buffer; storedAtMs: number }>();
  /** Awaited by each call; rejects while the store is down. */
  answer: () => Promise<void> = async () => {};
  /** Payloads that can't be read, while others can. */
  readonly unreadable = new Set<string>();
  puts = 0;
  gets = 0;

  async put(id: string, payload: Buffer): Promise<void> {
    this.puts += 1;
    await this.answer();
    this.payloads.set(id, { payload: Buffer.from(payload), storedAtMs: Date.now() });
  }

  async get(id: string): Promise<Buffer | undefined> {
    this.gets += 1;
    await this.answer();
    if (this.unreadable.has(id)) throw new Error(`I/O error at ${id}`);
    return this.payloads.get(id)?.payload;
  }

  async renew(ids: readonly string[]): Promise<void> {
    await this.answer();
    for (const id of ids) {
      const stored = this.payloads.get(id);
      if (stored) stored.storedAtMs = Date.now();
    }
  }

  async sweep(olderThanMs: number, limit: number): Promise<number> {
    await this.answer();
    const before = Date.now() - olderThanMs;
    const old = [...this.payloads].filter(([, { storedAtMs }]) => storedAtMs < before).slice(0, limit);
    for (const [id] of old) this.payloads.delete(id);
    return old.length;
  }

  async remove(ids: readonly string[]): Promise<void> {
    await this.answer();
    for (const id of ids) this.payloads.delete(id);
  }

  async close(): Promise<void> {}
}
