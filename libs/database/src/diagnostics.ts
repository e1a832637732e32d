import { DiagnosticPoint } from '@waybill/observability';

/** What each of the channels hands to those who subscribe by `node:diagnostics_channel`. */
export interface TransactionPoint {
  /** The `Transaction`: the same object at each of its points. */
  readonly transaction: object;
}

/** It has its connection; nothing has been sent. */
export const transactionBegin = new DiagnosticPoint<TransactionPoint>('waybill:transaction:begin');
/** Its work is done; COMMIT and what is written just before it are about to be sent. */
export const transactionCommit = new DiagnosticPoint<TransactionPoint>('waybill:transaction:commit');
/** The server has answered COMMIT. Missing where it was rolled back. */
export const transactionCommitted = new DiagnosticPoint<TransactionPoint>('waybill:transaction:committed');
