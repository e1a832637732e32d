import type { Statement } from '@waybill/database';

/** `$1` group, `$2` sources, `$3` ids, `$4` subscribers, `$5` outcome. Sources and ids are named twice, so that no plan reads other messages. */
export const MARK_MESSAGES: Statement = {
  name: 'inbox_mark_messages',
  text: `
    UPDATE inbox SET outcome = $5
    FROM unnest($2::text[], $3::text[], $4::text[]) AS marked (source, message_id, subscriber)
    WHERE inbox.consumer_group = $1 AND inbox.source = marked.source AND inbox.message_id = marked.message_id
      AND inbox.source = ANY($2) AND inbox.message_id = ANY($3)
      AND inbox.subscriber = marked.subscriber`,
};
