import { LONG_QUERY_TIMEOUT_MS } from '@waybill/database';
import type { Statement } from '@waybill/database';

/** `$1` id, `$2` payload. The same id again replaces it and renews its age. */
export const putPayload: Statement = {
  name: 'claim_check_put',
  text: `
    INSERT INTO claim_check_payload (id, payload) VALUES ($1::uuid, $2)
    ON CONFLICT (id) DO UPDATE SET payload = excluded.payload, stored_at = now()`,
};

export const getPayload: Statement = {
  name: 'claim_check_get',
  text: 'SELECT payload FROM claim_check_payload WHERE id = $1::uuid',
};

/** `$1` ids; in one order, so that two services that renew the same payloads can't deadlock. */
export const renewPayloads: Statement = {
  name: 'claim_check_renew',
  text: `
    WITH known AS (
      SELECT id FROM claim_check_payload WHERE id = ANY ($1::uuid[]) ORDER BY id FOR UPDATE)
    UPDATE claim_check_payload SET stored_at = now() FROM known WHERE claim_check_payload.id = known.id`,
};

/** `$1` age in milliseconds, `$2` most payloads. */
export const sweepPayloads: Statement = {
  name: 'claim_check_sweep',
  queryTimeoutMs: LONG_QUERY_TIMEOUT_MS,
  text: `
    WITH old AS (
      SELECT id FROM claim_check_payload WHERE stored_at < now() - $1::bigint * interval '1 ms'
      ORDER BY stored_at LIMIT $2 FOR UPDATE SKIP LOCKED)
    DELETE FROM claim_check_payload USING old WHERE claim_check_payload.id = old.id
    RETURNING 1 AS swept`,
};

export const removePayloads: Statement = {
  name: 'claim_check_remove',
  text: 'DELETE FROM claim_check_payload WHERE id = ANY ($1::uuid[])',
};
