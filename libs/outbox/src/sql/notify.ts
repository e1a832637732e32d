import type { Statement } from '@waybill/database';

export const WAKE_UP_CHANNEL = 'waybill_outbox';

/** A hint for relays elsewhere; the payload tells a relay its own hints from others'. */
export const notify: Statement = {
  name: 'outbox_notify',
  text: `SELECT pg_notify('${WAKE_UP_CHANNEL}', $1)`,
};
