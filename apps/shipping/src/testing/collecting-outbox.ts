import type { Transaction } from '@waybill/database';
import type { NewMessage } from '@waybill/messaging';

/** Keeps what the service would publish: the messages of committed transactions, in order. */
export class CollectingOutbox {
  readonly sent: NewMessage[] = [];

  add(tx: Transaction, ...messages: readonly NewMessage[]): void {
    tx.afterCommit(() => this.sent.push(...messages));
  }

  /** Names and data of what was sent for an order. */
  answersFor(orderId: string): readonly { readonly name: string; readonly data: unknown }[] {
    return this.sent.filter(({ key }) => key === orderId).map(({ contract, data }) => ({ name: contract.name, data }));
  }
}
