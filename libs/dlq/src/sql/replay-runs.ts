import type { Statement } from '@waybill/database';

/** `$1` id, `$2` group, `$3` who, `$4` why, `$5` what it is asked for. A run that is known continues. */
export const beginRun: Statement = {
  name: 'dlq_begin_run',
  text: `
    INSERT INTO replay_run (id, consumer_group, who, why, filter) VALUES ($1, $2, $3, $4, $5) ON CONFLICT (id) DO NOTHING`,
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

export const OUTCOMES = ['replayed', 'failed', 'skipped', 'pending'] as const;
export type ReplayOutcome = (typeof OUTCOMES)[number];

const isOutcome = (outcome: ReplayOutcome): string =>
  outcome === 'pending' ? 'a.outcome IS NULL' : `a.outcome = '${outcome}'`;

/** The newest `$2` runs of group `$1`; letters of each outcome are counted up to 10,000. */
export const listRuns: Statement = {
  name: 'dlq_list_runs',
  text: `
    SELECT r.id, r.who, r.why, r.started_at, r.filter, ${OUTCOMES.map(
      (outcome) => `(SELECT count(*)::int FROM (
        SELECT FROM dead_letter_action a WHERE a.run = r.id AND ${isOutcome(outcome)} LIMIT 10000) AS bounded) AS ${outcome}`,
    ).join(', ')}
    FROM (SELECT * FROM replay_run WHERE consumer_group = $1 ORDER BY started_at DESC, id DESC LIMIT $2) r
    ORDER BY r.started_at DESC, r.id DESC`,
};

/** The letters of run `$1` of group `$2` after letter `$3`, `$4` of them, of outcome `$5` or all: each outcome in the order of the index. */
export const listReplayed: Statement = {
  name: 'dlq_list_replayed',
  text: `
    SELECT tried.seq, tried.outcome, tried.ended_at, h.key,
      CASE WHEN tried.outcome IN ('failed', 'pending') THEN left(split_part(h.last_error, E'\\n', 1), 500) END AS last_error
    FROM (${OUTCOMES.map(
      (outcome) => `
      (SELECT a.held_seq AS seq, '${outcome}' AS outcome, a.ended_at FROM dead_letter_action a
       WHERE a.run = $1 AND ${isOutcome(outcome)} AND a.held_seq > $3::bigint AND ($5::text IS NULL OR $5 = '${outcome}')
       ORDER BY a.held_seq LIMIT $4)`,
    ).join(' UNION ALL ')}
      ORDER BY seq LIMIT $4) AS tried
    JOIN held_message h ON h.seq = tried.seq AND h.consumer_group = $2
    ORDER BY tried.seq`,
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
