import ConsumerGroup from 'kafkajs/src/consumer/consumerGroup.js';
import { KafkaJSNonRetriableError } from 'kafkajs/src/errors.js';

/** Hears of each lane whose next record the broker no longer has, with its topic's name on the wire. */
export type LostPositionListener = (wireTopic: string, partition: number, offset: string) => void;

const listeners = new Map<string, LostPositionListener>();
let patched = false;

/** From now on, for the member of a group; members are told apart by the ids that the broker gives them. */
export function onLostPosition(memberId: string, listener: LostPositionListener): void {
  listeners.set(memberId, listener);
}

export function forgetMember(memberId: string): void {
  listeners.delete(memberId);
}

/**
 * Without this kafkajs begins at the earliest record, and says so in its log only, without a position. And where a topic is gone, it
 * keeps its own positions for the one that takes its name: records before them would never be read. So it has to start over, with
 * the positions that the broker still has.
 */
export function tellLostPositions(): void {
  if (patched) return;
  patched = true;
  const { recoverFromFetch, recoverFromOffsetOutOfRange } = ConsumerGroup.prototype;
  ConsumerGroup.prototype.recoverFromOffsetOutOfRange = async function tellAndRecover(error): Promise<void> {
    const { topic, partition } = error;
    const offset = this.offsetManager.nextOffset(topic, partition).toString();
    await recoverFromOffsetOutOfRange.call(this, error);
    listeners.get(this.memberId ?? '')?.(topic, partition, offset);
  };
  ConsumerGroup.prototype.recoverFromFetch = async function startOverOrRecover(error): Promise<void> {
    if ('type' in error && error.type === 'UNKNOWN_TOPIC_OR_PARTITION') throw new KafkaJSNonRetriableError(error);
    await recoverFromFetch.call(this, error);
  };
}
