import type { Statement } from '@waybill/database';

/** `$1` id, `$2` group, `$3` who, `$4` why. A run that is known continues. */
export const beginRun: Statement = {
  name: 'dlq_begin_run',
  text: `
    INSERT INTO replay_run (id, consumer_group, who, why) VALUES ($1, $2, $3, $4) ON CONFLICT (id) DO NOTHING`,
};

const COUNTS = `
  (count(*) FILTER (WHERE a.outcome = 'replayed'))::int AS replayed,
  (count(*) FILTER (WHERE a.outcome = 'failed'))::int AS failed,
  (count(*) FILTER (WHERE a.outcome = 'skipped'))::int AS skipped,
  (count(*) FILTER (WHERE a.outcome IS NULL))::int AS pending`;

/** `$2` group. Counts all letters of the run, so it is for people, not for loops. */
export const findRun: Statement = {
  name: 'dlq_find_run',
  text: `
    SELECT r.id, r.who, r.why, r.started_at, c.replayed, c.failed, c.skipped, c.pending
    FROM replay_run r CROSS JOIN LATERAL (SELECT ${COUNTS} FROM dead_letter_action a WHERE a.run = r.id) c
    WHERE r.id = $1 AND r.consumer_group = $2`,
};

/** Of the letters `$2` in the run `$1`; costs as much as those, however long the run is. */
export const countOutcomes: Statement = {
  name: 'dlq_count_outcomes',
  text: `SELECT ${COUNTS} FROM dead_letter_action a WHERE a.held_seq = ANY ($2::bigint[]) AND a.run = $1`,
};

/** How many of the letters `$2` the run `$1` has tried. */
export const countTried: Statement = {
  name: 'dlq_count_tried',
  text: `
    SELECT count(DISTINCT a.held_seq)::int AS count FROM dead_letter_action a
    WHERE a.run = $1 AND a.held_seq = ANY ($2::bigint[])`,
};

/** Those of the letters `$2` that failed in the run `$1`, with the last error of each. */
export const findFailures: Statement = {
  name: 'dlq_find_failures',
  text: `
    SELECT h.seq, h.fingerprint, left(split_part(h.last_error, E'\\n', 1), 500) AS last_error
    FROM dead_letter_action a JOIN held_message h ON h.seq = a.held_seq
    WHERE a.run = $1 AND a.held_seq = ANY ($2::bigint[]) AND a.outcome = 'failed'
    ORDER BY h.seq`,
};

/** Those of the letters `$2` that have been undone, other than in the course of the run `$3`. */
export const findSuperseded: Statement = {
  name: 'dlq_find_superseded',
  text: `
    SELECT h.seq FROM held_message h
    WHERE h.consumer_group = $1 AND h.seq = ANY ($2::bigint[]) AND h.state = 'superseded'
      AND NOT EXISTS (SELECT 1 FROM dead_letter_action a WHERE a.held_seq = h.seq AND a.run = $3::uuid)
    ORDER BY h.seq`,
};
