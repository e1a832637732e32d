import type { Statement } from '@waybill/database';

/** `$1` message, `$2` who, `$3` why; recorded before anything is shown. No row: there is no such message. */
export const recordReveal: Statement = {
  name: 'outbox_record_reveal',
  text: `
    WITH shown AS (SELECT id, topic, key, type FROM outbox WHERE id = $1::uuid),
    recorded AS (INSERT INTO outbox_reveal (message_id, who, why) SELECT id, $2, $3 FROM shown)
    SELECT topic, key, type FROM shown`,
};

export interface ShownColumns {
  readonly topic: string;
  readonly key: Buffer | null;
  readonly type: string;
}

export interface RevealColumns {
  readonly at: Date;
  readonly who: string;
  readonly why: string;
}

/** Who was shown the data of message `$1`, the first 200. */
export const listReveals: Statement = {
  name: 'outbox_list_reveals',
  text: `SELECT at, who, why FROM outbox_reveal WHERE message_id = $1::uuid ORDER BY id LIMIT 200`,
};
