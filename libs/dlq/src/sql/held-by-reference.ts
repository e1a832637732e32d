import type { Statement } from '@waybill/database';

/**
 * `$1` group, `$2` last seq seen, `$3` most rows: messages that are still to be handled and whose payload may lie elsewhere.
 * The length of a value is known without reading it.
 */
export const heldByReference: Statement = {
  name: 'dlq_held_by_reference',
  text: `
    SELECT seq, headers FROM held_message
    WHERE consumer_group = $1 AND seq > $2 AND state IN ('retrying', 'parked', 'dead')
      AND (value IS NULL OR octet_length(value) = 0)
    ORDER BY seq LIMIT $3`,
};
