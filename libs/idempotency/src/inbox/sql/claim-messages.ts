import type { Statement } from '@waybill/database';

/**
 * `$1` group, `$2` sources, `$3` ids, `$4` subscribers; returns the new ones. A row that a rival transaction has inserted makes it wait for
 * that transaction's end. Arrays, because a multi-row VALUES ends at 65,535 parameters.
 */
export const CLAIM_MESSAGES: Statement = {
  name: 'inbox_claim_messages',
  text: `
    INSERT INTO inbox (consumer_group, source, message_id, subscriber)
    SELECT $1, source, message_id, subscriber
    FROM unnest($2::text[], $3::text[], $4::text[]) AS claimed (source, message_id, subscriber)
    ON CONFLICT DO NOTHING
    RETURNING source, message_id, subscriber`,
};
