import ConsumerGroup from 'kafkajs/src/consumer/consumerGroup.js';

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

/** Without this kafkajs begins at the earliest record, and says so in its log only, without a position. */
export function tellLostPositions(): void {
  if (patched) return;
  patched = true;
  const { recoverFromOffsetOutOfRange } = ConsumerGroup.prototype;
  ConsumerGroup.prototype.recoverFromOffsetOutOfRange = async function tellAndRecover(error): Promise<void> {
    const { topic, partition } = error;
    const offset = this.offsetManager.nextOffset(topic, partition).toString();
    await recoverFromOffsetOutOfRange.call(this, error);
    listeners.get(this.memberId ?? '')?.(topic, partition, offset);
  };
}
