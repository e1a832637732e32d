import type { Database, Statement, Transaction } from '@waybill/database';
import type {
  FailureDecision,
  HeldInspection,
  HeldMessage,
  HeldMessageRunner,
  HeldRun,
  HeldRunResult,
  Inbox,
  InboxOutcome,
  MessageIdentity,
  NewMessage,
} from '@waybill/messaging';

import type { DeadLetterSink } from '../tokens.js';

class NotClaimed extends Error {}

/** What handlers leave behind, in the database, so that it rolls back as theirs does. */
export const insertEffect: Statement = {
  name: 'test_insert_effect',
  text: `INSERT INTO effect (message_id) VALUES ($1)`,
};

/** Runs messages as the consumer does: the claim and the handler's writes commit together. */
export class FakeRunner implements HeldMessageRunner<Transaction> {
  readonly attempts: { readonly id: string; readonly attempt: number }[] = [];
  handle: (message: HeldMessage, tx: Transaction) => Promise<void> | void = () => {};
  decide: (error: unknown, attempts: number) => FailureDecision = () => ({ kind: 'dead-letter', reason: 'TEST' });

  /** What the reading of a message comes to. */
  inspection: HeldInspection = { handler: undefined, contract: undefined, upcasts: [] };

  constructor(private readonly database: Database) {}

  async inspect(): Promise<HeldInspection> {
    return this.inspection;
  }

  async run(message: HeldMessage, { attempt, claim }: HeldRun<Transaction>): Promise<HeldRunResult> {
    this.attempts.push({ id: message.identity.id, attempt });
    try {
      await this.database.transaction(async (tx) => {
        if (!(await claim(tx))) throw new NotClaimed();
        await this.handle(message, tx);
        await tx.query(insertEffect, [message.identity.id]);
      });
      return { kind: 'handled' };
    } catch (error) {
      if (error instanceof NotClaimed) return { kind: 'not-claimed' };
      if (error instanceof Outage) return { kind: 'interrupted', error, ...error.retry };
      return { kind: 'failed', error, attempts: attempt, decision: this.decide(error, attempt) };
    }
  }
}

/** Thrown by a handler: the infrastructure is down, so no attempt is counted. */
export class Outage extends Error {
  constructor(readonly retry: { readonly retryAfterMs?: number } = {}) {
    super('an outage');
  }
}

/** Outcomes in memory, once their transaction has committed. */
export class FakeInbox implements Inbox<Transaction> {
  readonly outcomes = new Map<string, InboxOutcome>();

  /** Of edited messages only: a held message is claimed by its row, not by the inbox. */
  async claim(tx: Transaction, group: string, messages: readonly MessageIdentity[]): Promise<readonly boolean[]> {
    await this.mark(tx, group, messages, 'handled');
    return messages.map(() => true);
  }

  async mark(
    tx: Transaction,
    group: string,
    messages: readonly MessageIdentity[],
    outcome: InboxOutcome,
  ): Promise<void> {
    tx.afterCommit(() =>
      messages.forEach(({ id, subscriber }) => this.outcomes.set([group, id, subscriber].join(' ').trimEnd(), outcome)),
    );
  }

  async seen(): Promise<readonly boolean[]> {
    return [];
  }
}

/** What has been published: messages of transactions that have committed. */
export class FakeSink implements DeadLetterSink {
  readonly published: NewMessage[] = [];

  add(tx: Transaction, ...messages: NewMessage[]): void {
    tx.afterCommit(() => this.published.push(...messages));
  }
}
