/**
 * Recognises batches of a fetch that began before the group was reassigned. With several brokers kafkajs delivers
 * them after the join and, if they were resolved, would skip what lies between the committed offset and them.
 * kafkajs doesn't say which fetch a batch came from, so until every such fetch has been followed by a new one, all
 * batches are taken for stale; they are fetched again.
 */
export class FetchGenerations {
  readonly #fetching = new Set<number>();
  readonly #stale = new Map<number, number>();

  constructor(
    private readonly maxAgeMs: number,
    private readonly now: () => number = () => performance.now(),
  ) {}

  onFetchStart(nodeId: number): void {
    this.#fetching.add(nodeId);
    this.#stale.delete(nodeId);
  }

  onJoin(): void {
    for (const nodeId of this.#fetching) this.#stale.set(nodeId, this.now() + this.maxAgeMs);
    this.#fetching.clear();
  }

  /** Nodes that never fetch again (they left the cluster) are given up after the maximum age. */
  get isStale(): boolean {
    for (const [nodeId, until] of this.#stale) if (until < this.now()) this.#stale.delete(nodeId);
    return this.#stale.size > 0;
  }
}
