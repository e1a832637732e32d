import type { DedicatedConnection } from '@waybill/database';
import { Sweeper } from '@waybill/observability';

import { forgetRelays, sweepPage } from '../sql/sweep.js';
import type { SweptPage } from '../sql/sweep.js';

const LOWEST_ID = '00000000-0000-0000-0000-000000000000';

/** Deletes published rows after their time, page by page in the order of their ids. */
export function outboxSweeper(
  connection: DedicatedConnection,
  { retentionMs, sweepIntervalMs }: { readonly retentionMs: number; readonly sweepIntervalMs: number },
): Sweeper {
  let last = LOWEST_ID;
  return new Sweeper({
    work: 'sweep the outbox',
    sweepSome: async (most) => {
      const [page] = await connection.query<SweptPage>(sweepPage, [last, retentionMs, most]);
      last = page?.last ?? LOWEST_ID;
      if (last !== LOWEST_ID) return most; // a full page: there may be another one
      await connection.query(forgetRelays);
      return 0;
    },
    intervalMs: sweepIntervalMs,
  });
}
