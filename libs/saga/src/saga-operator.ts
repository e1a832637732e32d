import type { Transaction } from '@waybill/database';

import type { SagaListener } from './ports.js';
import type { Operation, SagaEngine } from './saga-engine.js';
import type { SagaInstance, SagaRef } from './saga-instance.js';
import type { SagaProgress } from './saga-progress.js';
import type { SagaFilter, SagaStore } from './saga-store.js';

/** What a person does about sagas that are stuck: looks, and retries, skips or forces a step. For admin interfaces. */
export class SagaOperator {
  constructor(
    private readonly engine: Pick<SagaEngine, 'operate'>,
    private readonly store: Pick<SagaStore, 'find' | 'list'>,
    private readonly listener: SagaListener,
  ) {}

  find({ saga, id }: SagaRef): Promise<SagaInstance | undefined> {
    return this.store.find(saga, id);
  }

  /** Newest first. */
  list(filter: SagaFilter = {}): Promise<readonly SagaInstance[]> {
    return this.store.list(filter);
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
