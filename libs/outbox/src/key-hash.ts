import { hash } from 'node:crypto';

/** Shards per topic: the grain in which relays share a topic. Beyond as many relays, some hold no shard of it and leave their rows to others. */
export const SHARDS_PER_TOPIC = 8;

export interface KeyHash {
  /** 32 bits, signed. */
  readonly hash: number;
  readonly shard: number;
}

/** The same in every process and version. A collision costs a wait, never order. */
export function hashKey(topic: string, key: Buffer | string): KeyHash {
  const input = typeof key === 'string' ? `${topic}\0${key}` : Buffer.concat([Buffer.from(`${topic}\0`), key]);
  // As digits: that costs half of what a Buffer for the digest does (measured).
  const digest = hash('sha1', input, 'hex');
  return { hash: word(digest, 0) | 0, shard: word(digest, 1) % SHARDS_PER_TOPIC };
}

/** 32 bits, signed. */
export function hashTopic(topic: string): number {
  return word(hash('sha1', topic, 'hex'), 0) | 0;
}

/** The digest's 32 bits at that index, unsigned. */
function word(digest: string, index: number): number {
  return Number.parseInt(digest.slice(8 * index, 8 * (index + 1)), 16);
}
