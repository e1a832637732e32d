import { Injectable, Optional } from '@nestjs/common';
import { Database } from '@waybill/database';
import { Monitor } from '@waybill/observability';
import type { MonitorSource, Sample } from '@waybill/observability';

import { countOpenSagas } from './sql/count-open-sagas.js';
import type { OpenSagaCount } from './sql/count-open-sagas.js';

/** Where counting ends; a higher number reads as this one. */
const MOST_COUNTED = 10_000;
/**
 * Plans made while the table is small live on in prepared statements; this holds for any size. A bitmap would be built of
 * everything before the bound is looked at.
 */
export const INDEX_ONLY = {
  name: 'saga_index_only',
  text: `SELECT set_config('enable_seqscan', 'off', true), set_config('enable_bitmapscan', 'off', true)`,
};

/** Says how many sagas run, are being undone, or can't be undone without an operator, and how old the oldest is. */
@Injectable()
export class SagaMonitor implements MonitorSource {
  readonly name = 'saga';
  readonly gauges = [
    { name: 'waybill_sagas', help: 'Sagas that have not ended, counted up to 10,000 a status', labels: ['status'] },
    { name: 'waybill_saga_oldest_seconds', help: 'How long ago the oldest of them started', labels: ['status'] },
  ];

  constructor(
    private readonly database: Database,
    @Optional() monitor?: Monitor,
  ) {
    monitor?.register(this);
  }

  async read(): Promise<readonly Sample[]> {
    const counts = await this.database.transaction(async (tx) => {
      const set = tx.query(INDEX_ONLY); // one burst, in this order
      const [rows] = await Promise.all([tx.query<OpenSagaCount>(countOpenSagas, [MOST_COUNTED]), set]);
      return rows;
    });
    return counts.flatMap(({ status, sagas, oldest_ms: oldestMs }) => [
      { metric: 'waybill_sagas', labels: { status }, value: sagas },
      { metric: 'waybill_saga_oldest_seconds', labels: { status }, value: (oldestMs ?? 0) / 1_000 },
    ]);
  }
}
