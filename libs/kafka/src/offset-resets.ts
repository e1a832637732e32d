import type { TopicNames } from './topic-names.js';

/** How often consumers of this process lost their position, by lane. */
export class OffsetResets {
  readonly #counts = new Map<string, number>();

  constructor(private readonly names: TopicNames) {}

  count(wireTopic: string, partition: number): void {
    const id = `${this.names.fromWire(wireTopic)}/${partition}`;
    this.#counts.set(id, (this.#counts.get(id) ?? 0) + 1);
  }

  of(topic: string, partition: number): number {
    return this.#counts.get(`${topic}/${partition}`) ?? 0;
  }
}
