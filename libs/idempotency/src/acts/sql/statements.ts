import { LONG_QUERY_TIMEOUT_MS } from '@waybill/database';
import type { Statement } from '@waybill/database';

/** $1 act, $2 who, $3 why, $4 subject, $5 key, $6 detail. The pages of one replay run are one act, whose letters add up. */
export const recordAct: Statement = {
  name: 'act_record',
  text: `
    INSERT INTO operator_act AS earlier (act, who, why, subject, key, detail) VALUES ($1, $2, $3, $4, $5, $6::jsonb)
    ON CONFLICT (subject) WHERE act = 'dead-letters.replay' DO UPDATE
    SET detail = excluded.detail || jsonb_build_object(
      'letters', (earlier.detail ->> 'letters')::bigint + (excluded.detail ->> 'letters')::bigint)`,
};

/** Of acts about keys $1, the reasons that were given: they may tell of people. */
export const eraseActs: Statement = {
  name: 'act_erase',
  text: `UPDATE operator_act SET why = '(erased)' WHERE key = ANY ($1::text[]) AND why <> '(erased)'`,
};

export interface ActRow {
  readonly id: string;
  readonly at: Date;
  readonly act: string;
  readonly who: string | null;
  readonly why: string | null;
  readonly subject: string | null;
  readonly key: string | null;
  readonly detail: Readonly<Record<string, string | number | boolean>>;
}

/** Newest first. $1 before this id, $2 an act, or all of a kind, $3 who, $4 key or subject, $5 since, $6 how many. */
export const listActs: Statement = {
  name: '', // planned for its values
  text: `
    SELECT id, at, act, who, why, subject, key, detail FROM operator_act
    WHERE ($1::bigint IS NULL OR id < $1)
      AND ($2::text IS NULL OR act = $2 OR starts_with(act, $2 || '.'))
      AND ($3::text IS NULL OR lower(who) = lower($3))
      AND ($4::text IS NULL OR key = $4 OR subject = $4)
      AND ($5::timestamptz IS NULL OR at >= $5)
    ORDER BY id DESC LIMIT $6`,
};

/** $1 age in milliseconds, $2 how many at most. */
export const sweepActs: Statement = {
  name: 'act_sweep',
  queryTimeoutMs: LONG_QUERY_TIMEOUT_MS,
  text: `
    DELETE FROM operator_act WHERE id IN (
      SELECT id FROM operator_act WHERE at < clock_timestamp() - $1::float8 * interval '1 ms' ORDER BY at LIMIT $2)
    RETURNING id`,
};
