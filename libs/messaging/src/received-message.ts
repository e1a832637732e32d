import type { BrokerRecord } from './broker.js';
import type { Envelope } from './envelope.js';

/** A message as a handler gets it: parsed, lifted to the contract's version, with its origin. */
export interface ReceivedMessage<Data = unknown> {
  readonly envelope: Envelope;
  readonly data: Data;
  readonly key: string | null;
  /** 1 on the first try. */
  readonly attempt: number;
  /** Where it came from, bytes untouched. */
  readonly record: BrokerRecord;
}

/** What makes two deliveries the same message within a consumer group. */
export interface MessageIdentity {
  /** `ce_source`; empty where the record carries no usable id. */
  readonly source: string;
  /** `ce_id`; `topic/partition/position` where the record carries no usable id. */
  readonly id: string;
  /** The name of the handler that it was delivered to, where it has one: each handler of an event has a delivery of its own. */
  readonly subscriber?: string;
}

/** A message and where the broker has it, which is kept for lineage. */
export interface PlacedMessage extends MessageIdentity {
  /** Absent where only its identity is known. */
  readonly lane?: Pick<BrokerRecord, 'partition' | 'position'>;
}
