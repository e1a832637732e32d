import type { Statement } from '@waybill/database';

export const INSERT_ANSWER: Statement = {
  name: 'http_idempotency_insert',
  text: `
    INSERT INTO http_idempotency (request_hash, fingerprint, status, headers, body)
    VALUES ($1, $2, $3, $4::json, $5)`,
};
