import type { Statement } from '@waybill/database';

export const WAKE_UP_CHANNEL = 'waybill_outbox';

/** Begins the payload of a relay that has given shards back. */
export const RELEASED = 'released ';

/** A hint for relays elsewhere; the payload tells a relay its own hints from others'. */
export const notify: Statement = {
  name: 'outbox_notify',
  text: `SELECT pg_notify('${WAKE_UP_CHANNEL}', $1)`,
};
