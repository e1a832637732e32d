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
  const digest = hash('sha1', Buffer.concat([Buffer.from(`${topic}\0`), Buffer.from(key)]), 'buffer');
  return { hash: digest.readInt32BE(0), shard: digest.readUInt32BE(4) % SHARDS_PER_TOPIC };
}

/** 32 bits, signed. */
export function hashTopic(topic: string): number {
  return hash('sha1', topic, 'buffer').readInt32BE(0);
}
