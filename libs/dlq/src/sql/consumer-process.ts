import type { Statement } from '@waybill/database';

/** First number of the advisory locks that living processes hold; the second is the process' own. ASCII "wayb". */
export const PROCESS_LOCKS = 0x77_61_79_62;

/** Writes nothing where the process is known as alive. */
export const registerProcess: Statement = {
  name: 'dlq_register_process',
  text: `
    INSERT INTO consumer_process (consumer_group, id) VALUES ($1, $2)
    ON CONFLICT (consumer_group, id) DO UPDATE SET died_at = NULL WHERE consumer_process.died_at IS NOT NULL`,
};

export const unregisterProcess: Statement = {
  name: 'dlq_unregister_process',
  text: `
    WITH forgotten AS (DELETE FROM crash_marker WHERE consumer_group = $1 AND process = $2)
    DELETE FROM consumer_process WHERE consumer_group = $1 AND id = $2`,
};

/**
 * Processes whose lock is free have died. What they had in hand becomes suspect, and of held messages the claim ends,
 * all once: The second to come finds them dead already.
 */
export const noticeDeaths: Statement = {
  name: 'dlq_notice_deaths',
  text: `
    WITH dead AS (
      UPDATE consumer_process p SET died_at = now()
      WHERE p.consumer_group = $1 AND p.died_at IS NULL AND NOT EXISTS (
        SELECT 1 FROM pg_locks l
        WHERE l.locktype = 'advisory' AND l.granted AND l.objsubid = 2
          AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database())
          AND l.classid = ${PROCESS_LOCKS} AND l.objid = p.id::oid)
      RETURNING p.id),
    orphaned AS (
      UPDATE crash_marker m SET process = NULL, suspect = true, deaths = m.deaths + m.alone::int, alone = false
      FROM dead WHERE m.consumer_group = $1 AND m.process = dead.id
      RETURNING m.source, m.message_id, m.subscriber)
    UPDATE held_message h SET claimed_until = NULL FROM orphaned o
    WHERE h.consumer_group = $1 AND h.source = o.source AND h.message_id = o.message_id
      AND h.subscriber = o.subscriber AND h.claimed_until IS NOT NULL`,
};

/** Deaths of ten minutes ago concern nobody any more; suspects of yesterday were handled by a process that died then. */
export const forgetDeaths: Statement = {
  name: 'dlq_forget_deaths',
  text: `
    WITH old AS (DELETE FROM consumer_process WHERE consumer_group = $1 AND died_at < now() - interval '10 minutes')
    DELETE FROM crash_marker WHERE consumer_group = $1 AND process IS NULL AND marked_at < now() - interval '1 day'`,
};

export const lastDeath: Statement = {
  name: 'dlq_last_death',
  text: `
    SELECT extract(epoch FROM max(died_at))::float8 * 1000 AS at_ms FROM consumer_process WHERE consumer_group = $1`,
};
