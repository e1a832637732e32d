import type { Statement } from '@waybill/database';

/** `$1` group, `$2` sources, `$3` ids, `$4` subscribers; returns those that have a row. */
export const SEEN_MESSAGES: Statement = {
  name: 'inbox_seen_messages',
  text: `
    SELECT inbox.source, inbox.message_id, inbox.subscriber FROM inbox
    JOIN unnest($2::text[], $3::text[], $4::text[]) AS asked (source, message_id, subscriber)
      ON inbox.source = asked.source AND inbox.message_id = asked.message_id AND inbox.subscriber = asked.subscriber
    WHERE inbox.consumer_group = $1`,
};
