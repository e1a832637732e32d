import type { Statement } from '@waybill/database';

/** Whether the group has anything that could be run, come due or be unparked; two index probes, as mostly it has not. */
export const anyWaiting: Statement = {
  name: 'dlq_any_waiting',
  text: `
    SELECT EXISTS (SELECT FROM parked_key WHERE consumer_group = $1)
        OR EXISTS (SELECT FROM held_message WHERE consumer_group = $1 AND state = 'retrying') AS waits`,
};

/** Whether an undoing is held; mostly none is. */
export const anyUndoing: Statement = {
  name: 'dlq_any_undoing',
  text: `
    SELECT 1 FROM held_message
    WHERE consumer_group = $1 AND undoes IS NOT NULL AND state IN ('retrying', 'parked', 'dead') LIMIT 1`,
};
