import type { Statement } from '@waybill/database';

/** The database's own id first. `$1` group. */
export const INSTALLATIONS: Statement = {
  name: 'lane_installations',
  text: `
    SELECT id::text FROM (
      SELECT id, 0 AS rank FROM installation
      UNION ALL
      SELECT owner, 1 FROM lane_adoption WHERE consumer_group = $1
    ) AS known ORDER BY rank`,
};

/** `$1` group, `$2` owner, `$3` who, `$4` why. */
export const ADOPT: Statement = {
  name: 'lane_adopt',
  text: `
    INSERT INTO lane_adoption (consumer_group, owner, adopted_by, reason) VALUES ($1, $2, $3, $4)
    ON CONFLICT DO NOTHING`,
};

/** `$1` group. */
export const SELECT_MARKS: Statement = {
  name: 'lane_select_marks',
  text: 'SELECT topic, partition, next_position, confirmed_position FROM lane_position WHERE consumer_group = $1',
};

/** `$1` group, `$2` topics, `$3` partitions, `$4` next positions, `$5` confirmed ones. Sorted, so that replicas don't deadlock. */
export const RAISE_MARKS: Statement = {
  name: 'lane_raise_marks',
  text: `
    INSERT INTO lane_position AS known (consumer_group, topic, partition, next_position, confirmed_position)
    SELECT $1, topic, partition, next, confirmed
    FROM unnest($2::text[], $3::integer[], $4::numeric[], $5::numeric[]) AS given (topic, partition, next, confirmed)
    ORDER BY topic, partition
    ON CONFLICT (consumer_group, topic, partition) DO UPDATE SET
      next_position = greatest(known.next_position, excluded.next_position),
      confirmed_position = greatest(known.confirmed_position, excluded.confirmed_position),
      updated_at = now()`,
};

/** `$1` group, `$2` topics, `$3` partitions, `$4` next positions. */
export const RESTART_MARKS: Statement = {
  name: 'lane_restart_marks',
  text: `
    INSERT INTO lane_position (consumer_group, topic, partition, next_position)
    SELECT $1, topic, partition, next
    FROM unnest($2::text[], $3::integer[], $4::numeric[]) AS given (topic, partition, next)
    ORDER BY topic, partition
    ON CONFLICT (consumer_group, topic, partition) DO UPDATE SET
      next_position = excluded.next_position, confirmed_position = NULL, updated_at = now()`,
};

/**
 * `$1` group, `$2` topic, `$3` partition, `$4` kind, `$5` first, `$6` next, `$7` reason, `$8` owner, not one whose positions were taken over meanwhile.
 * A settled issue counts where records can't change.
 */
export const REPORT_ISSUE: Statement = {
  name: 'lane_report_issue',
  text: `
    INSERT INTO lane_issue (consumer_group, topic, partition, kind, first_position, next_position, reason, owner)
    SELECT $1, $2, $3, $4, $5, $6, $7, $8::uuid
    WHERE NOT EXISTS (SELECT FROM lane_adoption WHERE consumer_group = $1 AND owner = $8::uuid) AND NOT EXISTS (
      SELECT FROM lane_issue
      WHERE consumer_group = $1 AND topic = $2 AND partition = $3 AND kind = $4 AND next_position = $6
        AND (settled_at IS NULL OR kind = 'unreadable'))
    ON CONFLICT (consumer_group, topic, partition, kind, next_position) WHERE settled_at IS NULL DO NOTHING`,
};

/** The same. */
export const IS_OPEN: Statement = {
  name: 'lane_is_open',
  text: `
    SELECT FROM lane_issue
    WHERE consumer_group = $1 AND topic = $2 AND partition = $3 AND kind = $4 AND next_position = $5 AND settled_at IS NULL`,
};

/** `$1` group. */
export const OPEN_ISSUES: Statement = {
  name: 'lane_open_issues',
  text: `
    SELECT id, topic, partition, kind, first_position, next_position, reason, owner, found_at
    FROM lane_issue WHERE consumer_group = $1 AND settled_at IS NULL ORDER BY id LIMIT 1000`,
};

/** `$1` group, `$2` topics, `$3` kinds. */
export const LAST_LOSS: Statement = {
  name: 'lane_last_loss',
  text: `
    SELECT (extract(epoch FROM max(found_at)) * 1000)::float8 AS at_ms
    FROM lane_issue WHERE consumer_group = $1 AND topic = ANY ($2::text[]) AND kind = ANY ($3::text[])`,
};

/** `$1` group, `$2` id, `$3` who, `$4` why. */
export const SETTLE_ISSUE: Statement = {
  name: 'lane_settle_issue',
  text: `
    UPDATE lane_issue SET settled_at = now(), settled_by = $3, settled_reason = $4
    WHERE consumer_group = $1 AND id = $2 AND settled_at IS NULL
    RETURNING topic, partition, kind, first_position, next_position, reason, owner`,
};

/** What was lost or skipped counts as handled. `$1` group, `$2` topic, `$3` partition, `$4` next. */
export const PASS_LOST: Statement = {
  name: 'lane_pass_lost',
  text: `
    UPDATE lane_position SET next_position = greatest(next_position, $4::numeric), updated_at = now()
    WHERE consumer_group = $1 AND topic = $2 AND partition = $3`,
};

/** The broker's position is the one that counts: it is learnt as it comes. `$1` group, `$2` topic, `$3` partition. */
export const FORGET_MARK: Statement = {
  name: 'lane_forget_mark',
  text: 'DELETE FROM lane_position WHERE consumer_group = $1 AND topic = $2 AND partition = $3',
};
