import { setTimeout as sleep } from 'node:timers/promises';

import type { Transaction } from '@waybill/database';

import type { ReplyProgress, SagaListener } from './ports.js';
import type { Operation, SagaEngine } from './saga-engine.js';
import type { SagaInstance, SagaRef } from './saga-instance.js';
import type { SagaProgress } from './saga-progress.js';
import type { SagaFilter, SagaStore } from './saga-store.js';

/** How soon to look again whether the replies have been read. */
const LOOK_AGAIN_MS = 100;

/** What a person does about sagas that are stuck: looks, and retries, skips or forces a step. For admin interfaces. */
export class SagaOperator {
  constructor(
    private readonly engine: Pick<SagaEngine, 'operate'>,
    private readonly store: Pick<SagaStore, 'find' | 'list'>,
    private readonly listener: SagaListener,
    private readonly replies: Pick<ReplyProgress, 'read'>,
  ) {}

  find({ saga, id }: SagaRef): Promise<SagaInstance | undefined> {
    return this.store.find(saga, id);
  }

  /** Newest first. */
  list(filter: SagaFilter = {}): Promise<readonly SagaInstance[]> {
    return this.store.list(filter);
  }

  /**
   * Whether all replies to this saga that are at the broker now have been read; those that haven't get so many milliseconds. For
   * what is decided by the answers that are known, such as `SagaEngine.recover`. Not for use in a transaction.
   * @throws while the broker can't be asked
   */
  async hasReadReplies(id: string, withinMs = 3_000): Promise<boolean> {
    const untilMs = performance.now() + withinMs;
    const asked = await this.replies.read();
    for (let now = asked; !now.hasRead(asked, id); now = await this.replies.read()) {
      if (performance.now() >= untilMs) return false;
      await sleep(LOOK_AGAIN_MS);
    }
    return true;
  }

  /**
   * The decision, the command it causes, and the application's own changes, in one transaction.
   * @throws SagaNotFoundError, SagaActionRefusedError
   */
  async operate(tx: Transaction, ref: SagaRef, operation: Operation): Promise<SagaProgress> {
    const progress = await this.engine.operate(tx, ref, operation);
    await this.listener.sagasProgressed(tx, [progress]);
    return progress;
  }
}
