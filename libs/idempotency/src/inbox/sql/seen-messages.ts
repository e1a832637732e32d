import type { ReadStatement } from '@waybill/database';

/**
 * `$1` group, `$2` sources, `$3` ids, `$4` subscribers; returns those that have a row. Each is looked up by its whole key in its own
 * partition: as a join, this would read all rows of the group where the plan was made while the table was empty, and go on so.
 */
export const SEEN_MESSAGES: ReadStatement = {
  name: 'inbox_seen_messages',
  returns: 'rows',
  tables: ['inbox'],
  text: `
    SELECT asked.source, asked.message_id, asked.subscriber
    FROM unnest($2::text[], $3::text[], $4::text[]) AS asked (source, message_id, subscriber)
    CROSS JOIN LATERAL (
      SELECT FROM inbox
      WHERE inbox.consumer_group = $1 AND inbox.source = asked.source AND inbox.message_id = asked.message_id
        AND inbox.subscriber = asked.subscriber
      LIMIT 1
    ) AS seen`,
};
