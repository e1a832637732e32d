import type { Statement } from '@waybill/database';

export const parkKeys: Statement = {
  name: 'dlq_park_keys',
  text: `
    INSERT INTO parked_key (consumer_group, topic, key)
    SELECT DISTINCT * FROM unnest($1::text[], $2::text[], $3::bytea[])
    ORDER BY 1, 2, 3
    ON CONFLICT DO NOTHING`,
};
