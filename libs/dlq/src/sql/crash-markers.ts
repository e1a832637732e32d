import type { Statement } from '@waybill/database';

/** $2 process, $3 whether alone. A marker of another process stays as it is, and isn't returned. */
export const markMessages: Statement = {
  name: 'dlq_mark_messages',
  text: `
    INSERT INTO crash_marker AS marker (consumer_group, source, message_id, subscriber, process, alone)
    SELECT DISTINCT $1, source, message_id, subscriber, $2::integer, $3::boolean
    FROM unnest($4::text[], $5::text[], $6::text[]) AS taken (source, message_id, subscriber)
    ORDER BY source, message_id, subscriber
    ON CONFLICT (consumer_group, source, message_id, subscriber) DO UPDATE SET process = $2, alone = $3, marked_at = now()
      WHERE marker.process IS NULL OR marker.process = $2
    RETURNING marker.source, marker.message_id, marker.subscriber, marker.suspect, marker.deaths`,
};

export const unmarkMessages: Statement = {
  name: 'dlq_unmark_messages',
  text: `
    DELETE FROM crash_marker m USING unnest($3::text[], $4::text[], $5::text[]) AS ended (source, message_id, subscriber)
    WHERE m.consumer_group = $1 AND m.source = ended.source AND m.message_id = ended.message_id
      AND m.subscriber = ended.subscriber
      AND (m.process IS NULL OR m.process = $2)`,
};

export const listSuspects: Statement = {
  name: 'dlq_list_suspects',
  text: `
    SELECT source, message_id, subscriber, deaths FROM crash_marker
    WHERE consumer_group = $1 AND suspect AND process IS NULL`,
};
