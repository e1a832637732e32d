import type { Transaction } from '@waybill/database';
import { DiagnosticPoint } from '@waybill/observability';

import type { NewOutboxRow, OutboxRow } from './outbox-row.js';

/** A transaction's messages are about to be written, and its COMMIT with them. */
export const outboxFlush = new DiagnosticPoint<OutboxFlush>('waybill:outbox:flush');

export interface OutboxFlush {
  readonly transaction: Transaction;
  readonly rows: readonly NewOutboxRow[];
}

/** A batch is about to go to the broker. */
export const publishBegin = new DiagnosticPoint<PublishPoint>('waybill:publish:begin');
/** The broker has answered; `rows` are those that it has taken, of the same batch. */
export const publishEnd = new DiagnosticPoint<PublishPoint>('waybill:publish:end');

export interface PublishPoint {
  readonly rows: readonly OutboxRow[];
}
