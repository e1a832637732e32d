import type { Statement } from '@waybill/database';

/** One look-up by primary key per id, whatever the backlog. */
export const unpublishedAmong: Statement = {
  name: 'outbox_unpublished_among',
  text: 'SELECT id FROM outbox WHERE id = ANY ($1::uuid[]) AND published_at IS NULL',
};
