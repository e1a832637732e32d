import type { Statement } from '@waybill/database';

import { LETTER_FILTER, PLANNED_EACH_TIME } from './letter-filter.js';

/** A group has no more letters than this as far as it is counted; likewise its keys, and an hour of its trend. */
export const MOST_COUNTED = { letters: 10_000, keys: 1_000, anHour: 1_000 };
export const MOST_GROUPS = 1_000;
/** How many hours back a trend goes. */
export const TREND_HOURS = 24;

const ERROR = `left(split_part(newest.last_error, E'\\n', 1), 500) AS last_error`;
const HOURS = Array.from({ length: TREND_HOURS }, (_, index) => TREND_HOURS - 1 - index);

/** The newest letter's error stands for its group, looked up after grouping: errors are long, letters are many. Reads all that fit. */
export const groupLetters: Statement = {
  name: PLANNED_EACH_TIME,
  text: `
    SELECT g.fingerprint, g.type, g.handler, least(g.letters, ${MOST_COUNTED.letters})::int AS letters,
      least(g.keys, ${MOST_COUNTED.keys})::int AS keys, g.first_at, g.last_at, g.trend, ${ERROR}
    FROM (
      SELECT h.fingerprint, h.type, h.handler, count(*) AS letters,
        count(DISTINCT (h.topic, h.key_hash)) FILTER (WHERE h.key_hash IS NOT NULL)
          + count(*) FILTER (WHERE h.key_hash IS NULL) AS keys,
        min(h.held_at) AS first_at, max(h.updated_at) AS last_at, max(h.seq) AS seq,
        ARRAY[${HOURS.map((hour) => `least(count(*) FILTER (WHERE ${diedIn(hour)}), ${MOST_COUNTED.anHour})::int`).join(', ')}] AS trend
      FROM held_message h WHERE ${LETTER_FILTER}
      GROUP BY h.fingerprint, h.type, h.handler) g
    JOIN held_message newest USING (seq)
    ORDER BY g.letters DESC, g.seq DESC
    LIMIT ${MOST_GROUPS}`,
};

const OF_GROUP = [`coalesce(h.fingerprint, '')`, `left(coalesce(h.type, ''), 100)`, `coalesce(h.handler, '')`];
const [FINGERPRINT, TYPE, HANDLER] = OF_GROUP;
const GROUP = `${FINGERPRINT} AS fingerprint, ${TYPE} AS type, ${HANDLER} AS handler`;
const DEAD = `h.consumer_group = $1 AND h.state = 'dead'`;

/** Dead letters of the group that `hop` is at which died between these times, in the order of the one index that has them in it. */
function fromGroup(after: string, until: string, direction: 'ASC' | 'DESC' = 'ASC'): string {
  const columns = [...OF_GROUP, 'h.updated_at'];
  return `
    FROM held_message h
    WHERE ${DEAD} AND (${columns.join(', ')}) > (hop.fingerprint, hop.type, hop.handler, ${after})
      AND (${columns.join(', ')}) <= (hop.fingerprint, hop.type, hop.handler, ${until})
    ORDER BY ${columns.map((column) => `${column} ${direction}`).join(', ')}`;
}

const EVER = [`'-infinity'::timestamptz`, `'infinity'::timestamptz`] as const;

/** So many letters of a group are read at once. What a larger one has beyond them is read apart. */
const AT_ONCE = MOST_COUNTED.keys;

/**
 * Groups of all dead letters, in no order. Hops from group to group in the index that has them in order of their deaths, and reads the
 * newest letters of each. A larger one is counted to an end, and began with the earliest of its oldest and newest letters. By index alone
 * it costs the same whatever else is there. Types that share their first hundred characters are one.
 * $1 group. More rows than {@link MOST_GROUPS}: the largest need not be among them.
 */
export const groupAllLetters: Statement = {
  name: 'dlq_group_all',
  text: `
    WITH RECURSIVE hop AS (
      (SELECT ${GROUP}, 1 AS n FROM held_message h WHERE ${DEAD} ORDER BY 1, 2, 3 LIMIT 1)
      UNION ALL
      SELECT following.fingerprint, following.type, following.handler, hop.n + 1
      FROM hop CROSS JOIN LATERAL (
        SELECT ${GROUP} FROM held_message h
        WHERE ${DEAD} AND (${OF_GROUP.join(', ')}) > (hop.fingerprint, hop.type, hop.handler)
        ORDER BY 1, 2, 3 LIMIT 1
      ) AS following
      WHERE hop.n <= ${MOST_GROUPS}
    )
    SELECT newest.fingerprint, newest.type, newest.handler, read.keys, newest.updated_at AS last_at, ${ERROR},
      CASE WHEN read.letters < ${AT_ONCE} THEN read.letters ELSE (
        SELECT count(*)::int FROM (SELECT ${fromGroup(...EVER)} LIMIT ${MOST_COUNTED.letters}) AS bounded) END AS letters,
      CASE WHEN read.letters < ${AT_ONCE} THEN read.first_at ELSE (
        SELECT least(read.first_at, min(held_at)) FROM (
          SELECT h.held_at ${fromGroup(...EVER)} LIMIT ${AT_ONCE}) AS oldest) END AS first_at,
      CASE WHEN read.letters < ${AT_ONCE} THEN read.trend ELSE ARRAY(
        SELECT (SELECT count(*)::int FROM (
          SELECT ${fromGroup(hoursAgo('(hour + 1)'), hoursAgo('hour'))} LIMIT ${MOST_COUNTED.anHour}) AS bounded)
        FROM generate_series(${TREND_HOURS - 1}, 0, -1) AS hour) END AS trend
    FROM hop
    CROSS JOIN LATERAL (
      SELECT count(*)::int AS letters, min(held_at) AS first_at, (array_agg(seq ORDER BY updated_at DESC))[1] AS newest,
        (count(DISTINCT (topic, key_hash)) FILTER (WHERE key_hash IS NOT NULL)
          + count(*) FILTER (WHERE key_hash IS NULL))::int AS keys,
        ARRAY[${HOURS.map((hour) => `(count(*) FILTER (WHERE hours_ago = ${hour}))::int`).join(', ')}] AS trend
      FROM (
        SELECT h.seq, h.topic, h.key_hash, h.held_at, h.updated_at,
          floor(date_part('epoch', now() - h.updated_at) / 3600) AS hours_ago
        ${fromGroup(...EVER, 'DESC')} LIMIT ${AT_ONCE}) AS h) AS read
    JOIN held_message newest ON newest.seq = read.newest`,
};

/** Within the hour that ended so many hours ago. */
function diedIn(hour: number): string {
  return `h.updated_at > ${hoursAgo(`${hour + 1}`)} AND h.updated_at <= ${hoursAgo(`${hour}`)}`;
}

function hoursAgo(hours: string): string {
  return `now() - ${hours} * interval '1 hour'`;
}
