import { keyIdOf } from '../consumer/key-id.js';
import type { FailedMessage, FailureStore, HeldMessage, TopicKey } from '../ports.js';
import type { InMemoryTransaction } from './in-memory-unit-of-work.js';

/** {@link FailureStore} for tests: parks the key of whatever fails, keeps everything in lists. */
export class InMemoryFailureStore implements FailureStore<InMemoryTransaction> {
  readonly failed: FailedMessage[] = [];
  readonly parked: HeldMessage[] = [];
  readonly #parkedKeys = new Set<string>();

  async parkedKeys(_tx: InMemoryTransaction, _group: string, keys: readonly TopicKey[]): Promise<readonly boolean[]> {
    return keys.map((key) => {
      const id = keyIdOf(key);
      return id !== undefined && this.#parkedKeys.has(id);
    });
  }

  async park(tx: InMemoryTransaction, messages: readonly HeldMessage[]): Promise<void> {
    tx.onCommit(() => this.parked.push(...messages));
  }

  async fail(tx: InMemoryTransaction, messages: readonly FailedMessage[]): Promise<void> {
    tx.onCommit(() => {
      this.failed.push(...messages);
      for (const { record } of messages) {
        const id = keyIdOf(record);
        if (id !== undefined) this.#parkedKeys.add(id);
      }
    });
  }

  unparkAll(): void {
    this.#parkedKeys.clear();
  }
}
