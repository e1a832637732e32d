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
        ARRAY[${HOURS.map((hour) => `least(count(*) FILTER (WHERE ${diedIn('h', String(hour))}), ${MOST_COUNTED.anHour})::int`).join(', ')}] AS trend
      FROM held_message h WHERE ${LETTER_FILTER}
      GROUP BY h.fingerprint, h.type, h.handler) g
    JOIN held_message newest USING (seq)
    ORDER BY g.letters DESC, g.seq DESC
    LIMIT ${MOST_GROUPS}`,
};

const GROUP = `coalesce(h.fingerprint, '') AS fingerprint, left(coalesce(h.type, ''), 100) AS type, coalesce(h.handler, '') AS handler`;
const OF_GROUP = `
  h.consumer_group = $1 AND h.state = 'dead' AND coalesce(h.fingerprint, '') = hop.fingerprint
  AND left(coalesce(h.type, ''), 100) = hop.type AND coalesce(h.handler, '') = hop.handler`;

/**
 * Groups of all dead letters. Hops from group to group in the index that has them in order of their deaths, and reads a bounded part of
 * each: its letters are counted to an end, its keys among the newest ones, and it began with the earliest of its oldest and newest ones.
 * What is asked for by index alone costs the same whatever else is there. Types that share their first hundred characters are one.
 * $1 group. More rows than {@link MOST_GROUPS}: the largest need not be among them.
 */
export const groupAllLetters: Statement = {
  name: 'dlq_group_all',
  text: `
    WITH RECURSIVE hop AS (
      (SELECT ${GROUP}, 1 AS n FROM held_message h WHERE h.consumer_group = $1 AND h.state = 'dead' ORDER BY 1, 2, 3 LIMIT 1)
      UNION ALL
      SELECT following.fingerprint, following.type, following.handler, hop.n + 1
      FROM hop CROSS JOIN LATERAL (
        SELECT ${GROUP} FROM held_message h
        WHERE h.consumer_group = $1 AND h.state = 'dead'
          AND (coalesce(h.fingerprint, ''), left(coalesce(h.type, ''), 100), coalesce(h.handler, ''))
            > (hop.fingerprint, hop.type, hop.handler)
        ORDER BY 1, 2, 3 LIMIT 1
      ) AS following
      WHERE hop.n <= ${MOST_GROUPS}
    )
    SELECT newest.fingerprint, newest.type, newest.handler, counted.letters, young.keys,
      least(old.first_at, young.first_at) AS first_at, newest.updated_at AS last_at, trend.hours AS trend, ${ERROR}
    FROM hop
    CROSS JOIN LATERAL (
      SELECT * FROM held_message h WHERE ${OF_GROUP} ORDER BY h.updated_at DESC LIMIT 1) AS newest
    CROSS JOIN LATERAL (
      SELECT count(*)::int AS letters FROM (
        SELECT FROM held_message h WHERE ${OF_GROUP} LIMIT ${MOST_COUNTED.letters}) AS bounded) AS counted
    CROSS JOIN LATERAL (
      SELECT (count(DISTINCT (topic, key_hash)) FILTER (WHERE key_hash IS NOT NULL)
          + count(*) FILTER (WHERE key_hash IS NULL))::int AS keys, min(held_at) AS first_at
      FROM (
        SELECT h.topic, h.key_hash, h.held_at FROM held_message h WHERE ${OF_GROUP}
        ORDER BY h.updated_at DESC LIMIT ${MOST_COUNTED.keys}) AS bounded) AS young
    CROSS JOIN LATERAL (
      SELECT min(held_at) AS first_at FROM (
        SELECT h.held_at FROM held_message h WHERE ${OF_GROUP}
        ORDER BY h.updated_at LIMIT ${MOST_COUNTED.keys}) AS bounded) AS old
    CROSS JOIN LATERAL (
      SELECT array_agg(died.letters ORDER BY died.hour DESC) AS hours FROM (
        SELECT hour, (
          SELECT count(*)::int FROM (
            SELECT FROM held_message h WHERE ${OF_GROUP} AND ${diedIn('h', 'hour')} LIMIT ${MOST_COUNTED.anHour}) AS bounded) AS letters
        FROM generate_series(0, ${TREND_HOURS - 1}) AS hour) AS died) AS trend
    ORDER BY counted.letters DESC, newest.seq DESC`,
};

/** Within the hour that ended so many hours ago. */
function diedIn(letter: string, hoursAgo: string): string {
  const at = `${letter}.updated_at`;
  return `${at} > now() - (${hoursAgo} + 1) * interval '1 hour' AND ${at} <= now() - ${hoursAgo} * interval '1 hour'`;
}
