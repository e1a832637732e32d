import type { HeldInspection, HeldMessage } from '@waybill/messaging';

import { heldMessageOf } from './held-rows.js';
import type { HeldRow } from './held-rows.js';
import { maskedPayload } from './payload-view.js';

/** Something that a person did to a letter. Times are ISO 8601. */
export interface AuditedAction {
  readonly at: string;
  readonly action: 'replay' | 'discard' | 'edit' | 'reveal';
  readonly who: string;
  readonly why: string;
  /** Of a replay its run and outcome; of an edit also both message ids and the old payload, masked. */
  readonly detail: Readonly<Record<string, unknown>>;
}

export interface ActionRow {
  readonly at: Date;
  readonly action: AuditedAction['action'];
  readonly who: string;
  readonly why: string;
  readonly run: string | null;
  readonly outcome: string | null;
  readonly ended_at: Date | null;
  readonly detail: Readonly<Record<string, unknown>> | null;
  readonly old_headers: Buffer | null;
  readonly old_value: Buffer | null;
}

export async function auditedAction(
  row: ActionRow,
  letter: HeldRow,
  inspect: (held: HeldMessage) => Promise<HeldInspection>,
): Promise<AuditedAction> {
  const { at, action, who, why, run, outcome, ended_at: endedAt } = row;
  const old = row.old_headers && { ...letter, headers: row.old_headers, value: row.old_value };
  const { payload: oldPayload } = old ? maskedPayload(old.value, await inspect(heldMessageOf(old))) : {};
  const isReplay = action === 'replay' || action === 'edit';
  return {
    at: at.toISOString(),
    action,
    who,
    why,
    detail: {
      ...row.detail,
      ...(old ? { oldPayload } : {}),
      ...(run === null ? {} : { run }),
      ...(isReplay ? { outcome: outcome ?? 'pending', endedAt: endedAt?.toISOString() ?? null } : {}),
    },
  };
}
