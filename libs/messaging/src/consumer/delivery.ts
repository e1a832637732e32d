import type { BrokerRecord } from '../broker.js';
import type { FailureDecision } from '../ports.js';
import { keyIdOf, sequenceOf } from './key-id.js';
import type { LaneWindow } from './lane-window.js';
import type { ReadRecord } from './read-record.js';

/** The end that a failed message has come to; recorded in the next batch, in the transaction of its mates. */
export interface Failure {
  readonly error: unknown;
  readonly attempts: number;
  readonly decision: FailureDecision;
}

/** One record on its way to one handler. Mutable: the engine alone holds it. */
export interface Delivery {
  readonly record: BrokerRecord;
  readonly window: LaneWindow<Delivery>;
  /** Topic, key and subscriber as one text; `undefined` for a record without a key, which is a sequence of its own. */
  readonly keyId: string | undefined;
  /** Replaced once a payload that travels by reference has been fetched. */
  read: ReadRecord;
  /** Of a payload that travels by reference; 0 of any other. */
  readonly payloadBytes: number;
  /** Failed attempts so far. */
  attempts: number;
  /** To be handled in a batch of its own, because it may be what made a batch fail. */
  alone: boolean;
  /** Set once no further attempt is to be made in the lane. */
  failure: Failure | undefined;
  settled: boolean;
}

/** It can't be handled here now: it leaves its lane, uncounted, for so long. */
export function postpone(delivery: Delivery, error: unknown, delayMs: number): void {
  delivery.failure = { error, attempts: delivery.attempts, decision: { kind: 'postpone', delayMs } };
}

export function newDelivery(record: BrokerRecord, window: LaneWindow<Delivery>, read: ReadRecord): Delivery {
  return {
    record,
    window,
    keyId: keyIdOf(sequenceOf(record, read.identity)),
    read,
    payloadBytes: read.reading.kind === 'by-reference' ? read.reading.reference.bytes : 0,
    attempts: 0,
    alone: false,
    failure: undefined,
    settled: read.reading.kind === 'skip',
  };
}
