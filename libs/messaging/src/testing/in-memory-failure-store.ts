import { parseMessageType } from '../codec/message-type.js';
import { keyIdOf, sequenceOf } from '../consumer/key-id.js';
import type { FailedMessage, FailureStore, HeldMessage, TopicKey, Undoing } from '../ports.js';
import type { MessageIdentity } from '../received-message.js';
import type { InMemoryTransaction } from './in-memory-unit-of-work.js';

/** {@link FailureStore} for tests: parks the key of whatever fails, keeps everything in lists. */
export class InMemoryFailureStore implements FailureStore<InMemoryTransaction> {
  readonly failed: FailedMessage[] = [];
  readonly parked: HeldMessage[] = [];
  /** Handlers whose postponed messages were made due; `undefined` = all. */
  readonly resumed: (string | undefined)[] = [];
  readonly superseded: HeldMessage[] = [];
  readonly #parkedKeys = new Set<string>();
  /** Keys that a transaction has let go and not yet committed. */
  readonly #freed = new WeakMap<InMemoryTransaction, ReadonlySet<string>>();

  async isAnyParked(tx: InMemoryTransaction, group: string, keys: readonly TopicKey[]): Promise<boolean> {
    return (await this.parkedKeys(tx, group, keys)).includes(true);
  }

  async parkedKeys(tx: InMemoryTransaction, _group: string, keys: readonly TopicKey[]): Promise<readonly boolean[]> {
    return keys.map((key) => {
      const id = keyIdOf(key);
      return id !== undefined && this.#parkedKeys.has(id) && this.#freed.get(tx)?.has(id) !== true;
    });
  }

  /** Of the messages whose types the undoing names, all are waiting; keys are let go once nothing else of them is held. */
  async supersede(
    tx: InMemoryTransaction,
    _group: string,
    undoings: readonly Undoing[],
  ): Promise<readonly MessageIdentity[]> {
    const held = [...this.failed, ...this.parked].filter((message) => !this.superseded.includes(message));
    const isUndone = (message: HeldMessage): boolean =>
      undoings.some(
        (undoing) =>
          keyIdOf(undoing) !== undefined &&
          keyIdOf(undoing) === sequenceIdOf(message) &&
          undoing.undoes.includes(parseMessageType(message.type ?? '')?.name ?? ''),
      );
    const given = held.filter(isUndone);
    const holding = new Set(held.filter((message) => !given.includes(message)).map(sequenceIdOf));
    const freed = given.flatMap((message) => sequenceIdOf(message) ?? []).filter((id) => !holding.has(id));
    this.#freed.set(tx, new Set(freed));
    tx.onCommit(() => {
      this.superseded.push(...given);
      for (const id of freed) this.#parkedKeys.delete(id);
    });
    return given.map(({ identity }) => identity);
  }

  async park(tx: InMemoryTransaction, messages: readonly HeldMessage[]): Promise<void> {
    tx.onCommit(() => this.parked.push(...messages));
  }

  async fail(tx: InMemoryTransaction, messages: readonly FailedMessage[]): Promise<void> {
    tx.onCommit(() => {
      this.failed.push(...messages);
      for (const message of messages) {
        const id = sequenceIdOf(message);
        if (id !== undefined) this.#parkedKeys.add(id);
      }
    });
  }

  /** The test itself runs held messages. */
  async resume(_tx: InMemoryTransaction, _group: string, handler?: string): Promise<void> {
    this.resumed.push(handler);
  }

  unparkAll(): void {
    this.#parkedKeys.clear();
  }
}

function sequenceIdOf({ record, identity }: HeldMessage): string | undefined {
  return keyIdOf(sequenceOf(record, identity));
}
