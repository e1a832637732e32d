import type { Transaction } from '@waybill/database';
import type { NewMessage } from '@waybill/messaging';

/** Stands in for {@link Outbox}: keeps the messages of committed transactions, in order, and publishes none. */
export class CollectingOutbox {
  readonly sent: NewMessage[] = [];
  /** Ids of messages that no broker has acknowledged yet. */
  readonly unpublished = new Set<string>();
  /** Makes every transaction that sends something fail. */
  failure: Error | undefined;

  add(tx: Transaction, ...messages: readonly NewMessage[]): void {
    const { failure } = this;
    if (failure) throw failure;
    tx.afterCommit(() => this.sent.push(...messages));
  }

  async unpublishedAmong(ids: readonly string[]): Promise<ReadonlySet<string>> {
    return new Set(ids.filter((id) => this.unpublished.has(id)));
  }

  async refusedAmong(): Promise<ReadonlyMap<string, string>> {
    return new Map();
  }

  /** Messages are published elsewhere; there is nothing to forget. */
  async forget(): Promise<void> {}

  /** Names and data of what was sent for a key. */
  sentFor(key: string): readonly { readonly name: string; readonly data: unknown }[] {
    return this.sent
      .filter((message) => message.key === key)
      .map(({ contract, data }) => ({ name: contract.name, data }));
  }

  /** Names of what was sent for a key. */
  namesFor(key: string): readonly string[] {
    return this.sentFor(key).map(({ name }) => name);
  }
}
