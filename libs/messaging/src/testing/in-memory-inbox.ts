import { identityKey } from '../codec/identity.js';
import type { HeldOutcome, Inbox } from '../ports.js';
import type { MessageIdentity } from '../received-message.js';
import type { InMemoryTransaction } from './in-memory-unit-of-work.js';

/** {@link Inbox} for tests: a claim waits for a rival transaction, and is forgotten with its own. */
export class InMemoryInbox implements Inbox<InMemoryTransaction> {
  readonly outcomes = new Map<string, 'handled' | HeldOutcome>();
  readonly #pending = new Map<string, { readonly tx: InMemoryTransaction; readonly ended: Promise<void> }>();

  async claim(
    tx: InMemoryTransaction,
    group: string,
    messages: readonly MessageIdentity[],
  ): Promise<readonly boolean[]> {
    const result: boolean[] = [];
    for (const message of messages) result.push(await this.#claimOne(tx, keyOf(group, message)));
    return result;
  }

  async mark(
    tx: InMemoryTransaction,
    group: string,
    messages: readonly MessageIdentity[],
    outcome: HeldOutcome,
  ): Promise<void> {
    tx.onCommit(() => {
      for (const message of messages) this.outcomes.set(keyOf(group, message), outcome);
    });
  }

  async seen(_tx: unknown, group: string, messages: readonly MessageIdentity[]): Promise<readonly boolean[]> {
    return messages.map((message) => this.outcomes.has(keyOf(group, message)));
  }

  async #claimOne(tx: InMemoryTransaction, key: string): Promise<boolean> {
    for (;;) {
      const rival = this.#pending.get(key);
      if (rival?.tx === tx || this.outcomes.has(key)) return false;
      if (rival === undefined) break;
      await rival.ended;
    }
    const ended = new Promise<void>((resolve) => {
      tx.onEnd(() => {
        this.#pending.delete(key);
        resolve();
      });
    });
    this.#pending.set(key, { tx, ended });
    tx.onCommit(() => this.outcomes.set(key, 'handled'));
    return true;
  }
}

function keyOf(group: string, message: MessageIdentity): string {
  return `${group}\n${identityKey(message)}`;
}
