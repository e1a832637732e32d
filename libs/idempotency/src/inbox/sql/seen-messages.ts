import type { Statement } from '@waybill/database';

/** `$1` group, `$2` sources, `$3` ids; returns those that have a row. */
export const SEEN_MESSAGES: Statement = {
  name: 'inbox_seen_messages',
  text: `
    SELECT inbox.source, inbox.message_id FROM inbox
    JOIN unnest($2::text[], $3::text[]) AS asked (source, message_id)
      ON inbox.source = asked.source AND inbox.message_id = asked.message_id
    WHERE inbox.consumer_group = $1`,
};
