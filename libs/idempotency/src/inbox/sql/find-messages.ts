import type { Statement } from '@waybill/database';

/** `$1` group, `$2` sources, `$3` ids: each pair is looked up by its key, in its own partition. */
export const FIND_MESSAGES: Statement = {
  name: 'inbox_find_messages',
  text: `
    SELECT found.* FROM unnest($2::text[]) AS of_source (source) CROSS JOIN unnest($3::text[]) AS of_id (id)
    CROSS JOIN LATERAL (
      SELECT source, message_id, subscriber, outcome, received_at, partition, position FROM inbox
      WHERE inbox.consumer_group = $1 AND inbox.source = of_source.source AND inbox.message_id = of_id.id
    ) AS found`,
};
