import type { WriteStatement } from '@waybill/database';

/** $1 ids, $2 statuses. */
export const updateReservations: WriteStatement = {
  name: 'reservation_update',
  tables: ['reservation'],
  text: `
    UPDATE reservation r SET status = u.status, updated_at = now()
    FROM unnest($1::uuid[], $2::text[]) AS u (id, status)
    WHERE r.id = ANY($1) AND r.id = u.id`,
};
