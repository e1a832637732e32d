import type { TopicCard } from './topics.js';

/** What of a topic is as good as deleted: RabbitMQ itself deletes by files, and may keep a record for years. */
export interface Expiry {
  /** Records that were sent before this are, by their senders' clocks, in milliseconds since 1970. */
  readonly sentMs: number;
  /** What was stored before this is, by RabbitMQ's clock. Earlier, so that clocks may differ by half of what a topic keeps longer. */
  readonly storedMs: number;
}

/** `undefined`: nothing expires. */
export function expiryOf(card: TopicCard | undefined, now = Date.now()): Expiry | undefined {
  if (card === undefined || card.retentionMs === null) return undefined;
  const { retentionMs, segmentMs } = card;
  return { sentMs: now - retentionMs - segmentMs / 2, storedMs: now - retentionMs - segmentMs };
}
