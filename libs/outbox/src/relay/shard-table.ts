import { LeasedShard } from './leased-shard.js';

/** The shards that this process holds. */
export class ShardTable {
  readonly #shards = new Map<string, Map<number, LeasedShard>>();

  find(topic: string, number: number): LeasedShard | undefined {
    return this.#shards.get(topic)?.get(number);
  }

  /** A shard that this process holds and will keep, the same for the same `hashed` while its shards are the same. */
  near(topic: string, hashed: number): LeasedShard | undefined {
    const exact = this.find(topic, hashed);
    if (exact !== undefined && isUsable(exact)) return exact;
    const usable = this.of(topic).filter(isUsable);
    return usable[hashed % usable.length];
  }

  add(shard: LeasedShard): void {
    const shards = this.#shards.get(shard.topic) ?? new Map<number, LeasedShard>();
    this.#shards.set(shard.topic, shards.set(shard.number, shard));
  }

  remove(shard: LeasedShard): void {
    shard.lose();
    this.#shards.get(shard.topic)?.delete(shard.number);
  }

  all(): readonly LeasedShard[] {
    return [...this.#shards.values()].flatMap((shards) => [...shards.values()]);
  }

  of(topic: string): readonly LeasedShard[] {
    return [...(this.#shards.get(topic)?.values() ?? [])];
  }
}

function isUsable(shard: LeasedShard): boolean {
  return !shard.leaving && shard.isHeld();
}
