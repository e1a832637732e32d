import type { Statement } from '@waybill/database';

/** Published messages of these ids. One look-up by primary key each, however many there are. */
export const forgetRows: Statement = {
  name: 'outbox_forget',
  text: 'DELETE FROM outbox WHERE id = ANY ($1::uuid[]) AND published_at IS NOT NULL',
};
