import type { HeldInspection, HeldMessage } from '@waybill/messaging';

import { heldMessageOf } from './held-rows.js';
import type { HeldRow } from './held-rows.js';
import { keyText } from './letter-views.js';

export interface PreviewItem {
  readonly id: string;
  readonly type: string | null;
  readonly key: string | null;
  /** That would take it; today's may be another than the one that failed. */
  readonly handler: string | null;
  /** `order.placed.v1→order.placed.v2` */
  readonly upcasters: readonly string[];
  /** Whether its handler would be called. */
  readonly runs: boolean;
  /** Why not: `BEHIND_ANOTHER` of its key, `NO_HANDLER`, or the code of the error that each attempt would meet. */
  readonly reason?: string;
  /** Messages parked behind it, which would follow. */
  readonly behind: number;
}

export async function previewOf(
  row: HeldRow & { readonly head: boolean; readonly behind: number },
  inspect: (message: HeldMessage) => Promise<HeldInspection>,
): Promise<PreviewItem> {
  const { handler, upcasts, unreadable } = await inspect(heldMessageOf(row));
  const reason = row.head ? (unreadable ?? (handler === undefined ? 'NO_HANDLER' : undefined)) : 'BEHIND_ANOTHER';
  return {
    id: row.seq,
    type: row.type,
    key: keyText(row.key).key,
    handler: handler ?? null,
    upcasters: upcasts,
    runs: reason === undefined,
    ...(reason === undefined ? {} : { reason }),
    behind: row.behind,
  };
}
