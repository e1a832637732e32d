import type { Statement } from '@waybill/database';

/** $1 process, $2 whether alone, then the messages. A marker of another process stays as it is, and isn't returned. */
export const markMessages: Statement = {
  name: 'dlq_mark_messages',
  text: `
    INSERT INTO crash_marker AS marker (consumer_group, source, message_id, subscriber, process, alone)
    SELECT DISTINCT consumer_group, source, message_id, subscriber, $1::integer, $2::boolean
    FROM unnest($3::text[], $4::text[], $5::text[], $6::text[]) AS taken (consumer_group, source, message_id, subscriber)
    ORDER BY consumer_group, source, message_id, subscriber
    ON CONFLICT (consumer_group, source, message_id, subscriber) DO UPDATE SET process = $1, alone = $2, marked_at = now()
      WHERE marker.process IS NULL OR marker.process = $1
    RETURNING marker.consumer_group, marker.source, marker.message_id, marker.subscriber, marker.suspect, marker.deaths`,
};

/** $1 process, then the messages. Without waiting for the disk: a marker that a crashed server brings back makes nobody wait. */
export const unmarkMessages: Statement = {
  name: 'dlq_unmark_messages',
  text: `
    WITH ended AS MATERIALIZED (
      SELECT * FROM unnest($2::text[], $3::text[], $4::text[], $5::text[]) AS given (consumer_group, source, message_id, subscriber)
      WHERE set_config('synchronous_commit', 'off', true) IS NOT NULL)
    DELETE FROM crash_marker m USING ended
    WHERE m.consumer_group = ended.consumer_group AND m.source = ended.source AND m.message_id = ended.message_id
      AND m.subscriber = ended.subscriber AND (m.process IS NULL OR m.process = $1)`,
};

export const listSuspects: Statement = {
  name: 'dlq_list_suspects',
  text: `
    SELECT source, message_id, subscriber, deaths FROM crash_marker
    WHERE consumer_group = $1 AND suspect AND process IS NULL`,
};
