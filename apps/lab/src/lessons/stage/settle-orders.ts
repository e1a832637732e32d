import { Injectable } from '@nestjs/common';
import type { Provider } from '@nestjs/common';
import type { Transaction } from '@waybill/database';
import { SAGA_LISTENER } from '@waybill/saga';
import type { SagaListener, SagaProgress, SagaStatus } from '@waybill/saga';

import { Stage } from './stage.js';
import type { LessonData } from './wire.js';

const STATES: Readonly<Record<SagaStatus, string>> = {
  RUNNING: 'PLACED',
  COMPLETED: 'FULFILLED',
  COMPENSATING: 'CANCELLED',
  COMPENSATED: 'CANCELLED',
  COMPENSATION_FAILED: 'CANCELLED',
};

/** An order is what its saga is, in the same transaction. */
@Injectable()
class SettleOrders implements SagaListener {
  constructor(private readonly stage: Stage) {}

  async sagasProgressed(tx: Transaction, progress: readonly SagaProgress[]): Promise<void> {
    for (const { instance } of progress) {
      const { run, token } = instance.data as LessonData; // what every saga of a lesson starts with
      if (run === this.stage.run) await this.stage.books.settle(tx, token, STATES[instance.status]);
    }
  }
}

export const settleOrders: Provider = { provide: SAGA_LISTENER, useClass: SettleOrders };
