import type { Transaction } from '@waybill/database';
import type { NewMessage } from '@waybill/messaging';

/** Keeps what a service would publish: the messages of committed transactions, in order. */
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

  /** Types of what was sent for an order. */
  typesFor(orderId: string): readonly string[] {
    return this.sent.filter(({ key }) => key === orderId).map(({ contract }) => contract.name);
  }
}
