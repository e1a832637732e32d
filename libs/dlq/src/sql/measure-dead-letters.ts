import type { Statement } from '@waybill/database';

export interface DeadLetterCounts {
  readonly dead: number;
  readonly recent: number;
  readonly parked: number;
  readonly oldest_ms: number | null;
}

/**
 * $1 group, $2 most that is counted, $3 milliseconds that count as recent. Each part reads at most this many entries of one
 * index, however many letters and keys there are.
 */
export const measureDeadLetters: Statement = {
  name: 'dlq_measure',
  text: `
    SELECT
      (SELECT count(*)::int FROM (
        SELECT 1 FROM held_message WHERE consumer_group = $1 AND state = 'dead' LIMIT $2) AS dead) AS dead,
      (SELECT count(*)::int FROM (
        SELECT 1 FROM held_message WHERE consumer_group = $1 AND state = 'dead'
          AND updated_at > now() - $3::float8 * interval '1 ms' LIMIT $2) AS recent) AS recent,
      (SELECT count(*)::int FROM (
        SELECT 1 FROM parked_key WHERE consumer_group = $1 LIMIT $2) AS parked) AS parked,
      (SELECT (extract(epoch FROM now() - parked_at) * 1000)::float8 FROM parked_key WHERE consumer_group = $1
        ORDER BY parked_at LIMIT 1) AS oldest_ms`,
};

export interface HandlerCount {
  readonly type: string | null;
  readonly handler: string | null;
  readonly letters: number;
}

/** $1 group, $2 most letters that are looked at, the newest first, $3 most rows of the answer. Types are cut: senders choose them. */
export const deadLettersByHandler: Statement = {
  name: 'dlq_by_handler',
  text: `
    SELECT type, handler, count(*)::int AS letters FROM (
      SELECT left(type, 100) AS type, handler FROM held_message WHERE consumer_group = $1 AND state = 'dead' ORDER BY seq DESC LIMIT $2
    ) AS newest
    GROUP BY type, handler ORDER BY letters DESC, type, handler LIMIT $3`,
};

export interface ReasonCount {
  readonly reason: string | null;
  readonly letters: number;
}

/** $1 group, $2 most letters that are looked at, the newest first, $3 most rows of the answer. */
export const deadLettersByReason: Statement = {
  name: 'dlq_by_reason',
  text: `
    SELECT reason, count(*)::int AS letters FROM (
      SELECT reason FROM held_message WHERE consumer_group = $1 AND state = 'dead' ORDER BY seq DESC LIMIT $2
    ) AS newest
    GROUP BY reason ORDER BY letters DESC, reason LIMIT $3`,
};
