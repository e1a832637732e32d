import { DiagnosticPoint } from '@waybill/observability';

import type { BrokerRecord } from '../broker.js';
import type { ReceivedMessage } from '../received-message.js';

/** The broker's client has handed over the records of one lane. */
export const recordsReceived = new DiagnosticPoint<RecordsReceived>('waybill:records:received');

export interface RecordsReceived {
  readonly group: string;
  readonly records: readonly BrokerRecord[];
}

/** Handlers, or the conclusions of outside calls, are about to run: inbox, parked keys and row locks have been dealt with. */
export const messagesHandle = new DiagnosticPoint<MessagesHandle>('waybill:messages:handle');

export interface MessagesHandle {
  readonly group: string;
  /** Whatever the unit of work hands to handlers. */
  readonly transaction: unknown;
  readonly messages: readonly ReceivedMessage[];
}

export const callBegin = new DiagnosticPoint<CallPoint>('waybill:call:begin');
/** It succeeded, failed, or ran out of time. */
export const callEnd = new DiagnosticPoint<CallPoint>('waybill:call:end');

/** An outside call for a message. */
export interface CallPoint {
  readonly group: string;
  readonly handler: string;
  readonly message: ReceivedMessage;
}
