import type { ReadStatement } from '@waybill/database';

/**
 * `$1` group, `$2` sources, `$3` ids, `$4` subscribers, `$5` partitions, `$6` positions; returns those that were known already, which are few. A row that a rival
 * transaction has inserted makes it wait for that transaction's end. Arrays, because a multi-row VALUES ends at 65,535 parameters.
 */
export const CLAIM_MESSAGES: ReadStatement = {
  name: 'inbox_claim_messages',
  returns: 'rows',
  tables: ['inbox'],
  with: {
    inbox_claimed: `
      INSERT INTO inbox (consumer_group, source, message_id, subscriber, partition, position)
      SELECT $1, source, message_id, subscriber, partition, position
      FROM unnest($2::text[], $3::text[], $4::text[], $5::int[], $6::text[])
        AS claimed (source, message_id, subscriber, partition, position)
      ON CONFLICT DO NOTHING
      RETURNING source, message_id, subscriber`,
  },
  text: `
    SELECT source, message_id, subscriber
    FROM unnest($2::text[], $3::text[], $4::text[]) AS asked (source, message_id, subscriber)
    EXCEPT SELECT source, message_id, subscriber FROM inbox_claimed`,
};
