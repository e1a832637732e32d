import { Injectable, Optional } from '@nestjs/common';
import { byIndexAlone, Database } from '@waybill/database';
import { Monitor } from '@waybill/observability';
import type { MonitorSource, Sample } from '@waybill/observability';

import { countHeldDeadlines, type HeldDeadlineCount } from './sql/count-held-deadlines.js';
import { countOpenSagas } from './sql/count-open-sagas.js';
import type { OpenSagaCount } from './sql/count-open-sagas.js';

/** Where counting ends; a higher number reads as this one. */
const MOST_COUNTED = 10_000;

/** That a deadline of these can be held: nothing is awaited in any other status. */
const HOLDABLE = ['RUNNING', 'COMPENSATING'];

/**
 * Says how many sagas run, are being undone, or can't be undone without an operator, and how old the oldest is; and how many have a
 * deadline that is due, but held.
 */
@Injectable()
export class SagaMonitor implements MonitorSource {
  readonly name = 'saga';
  readonly gauges = [
    { name: 'waybill_sagas', help: 'Sagas that have not ended, counted up to 10,000 a status', labels: ['status'] },
    { name: 'waybill_saga_oldest_seconds', help: 'How long ago the oldest of them started', labels: ['status'] },
    {
      name: 'waybill_saga_deadlines_held',
      help: 'Sagas whose deadline has passed, but waits for answers to be read, counted up to 10,000',
      labels: ['status'],
    },
    {
      name: 'waybill_saga_deadline_held_seconds',
      help: 'How long the one of them that has waited longest has been due',
      labels: ['status'],
    },
  ];

  constructor(
    private readonly database: Database,
    @Optional() monitor?: Monitor,
  ) {
    monitor?.register(this);
  }

  async read(): Promise<readonly Sample[]> {
    const [counts, held] = await this.database.transaction(async (tx) => {
      const set = tx.query(byIndexAlone); // one burst, in this order
      const open = tx.query<OpenSagaCount>(countOpenSagas, [MOST_COUNTED]);
      const due = tx.query<HeldDeadlineCount>(countHeldDeadlines, [MOST_COUNTED]);
      return Promise.all([open, due, set]);
    });
    const samples = counts.flatMap(({ status, sagas, oldest_ms: oldestMs }) => [
      { metric: 'waybill_sagas', labels: { status }, value: sagas },
      { metric: 'waybill_saga_oldest_seconds', labels: { status }, value: (oldestMs ?? 0) / 1_000 },
    ]);
    return [...samples, ...HOLDABLE.flatMap((status) => heldSamples(status, held))];
  }
}

function heldSamples(status: string, held: readonly HeldDeadlineCount[]): readonly Sample[] {
  const { sagas = 0, oldest_ms: oldestMs = 0 } = held.find((count) => count.status === status) ?? {};
  return [
    { metric: 'waybill_saga_deadlines_held', labels: { status }, value: sagas },
    { metric: 'waybill_saga_deadline_held_seconds', labels: { status }, value: oldestMs / 1_000 },
  ];
}
