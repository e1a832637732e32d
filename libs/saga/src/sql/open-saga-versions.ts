import type { Statement } from '@waybill/database';

/** The definitions that instances in flight need. */
export const openSagaVersions: Statement = {
  name: 'saga_open_versions',
  text: `SELECT DISTINCT saga, version FROM saga_instance
    WHERE status IN ('RUNNING', 'COMPENSATING', 'COMPENSATION_FAILED')`,
};
