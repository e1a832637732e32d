import type { Statement } from '@waybill/database';

/** `$1` group, `$2` sources, `$3` ids, `$4` outcome. */
export const MARK_MESSAGES: Statement = {
  name: 'inbox_mark_messages',
  text: `
    UPDATE inbox SET outcome = $4
    FROM unnest($2::text[], $3::text[]) AS marked (source, message_id)
    WHERE inbox.consumer_group = $1 AND inbox.source = marked.source AND inbox.message_id = marked.message_id`,
};
