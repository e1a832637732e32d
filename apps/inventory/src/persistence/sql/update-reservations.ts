import type { Statement } from '@waybill/database';

/** $1 ids, $2 statuses. */
export const updateReservations: Statement = {
  name: 'reservation_update',
  text: `
    UPDATE reservation r SET status = u.status, updated_at = now()
    FROM unnest($1::uuid[], $2::text[]) AS u (id, status)
    WHERE r.id = ANY($1) AND r.id = u.id`,
};
