import { LeasedLane } from './leased-lane.js';

/** The lanes that this process holds. */
export class LaneTable {
  readonly #lanes = new Map<string, Map<number, LeasedLane>>();

  find(topic: string, number: number): LeasedLane | undefined {
    return this.#lanes.get(topic)?.get(number);
  }

  add(lane: LeasedLane): void {
    const lanes = this.#lanes.get(lane.topic) ?? new Map<number, LeasedLane>();
    this.#lanes.set(lane.topic, lanes.set(lane.number, lane));
  }

  remove(lane: LeasedLane): void {
    lane.lose();
    this.#lanes.get(lane.topic)?.delete(lane.number);
  }

  all(): readonly LeasedLane[] {
    return [...this.#lanes.values()].flatMap((lanes) => [...lanes.values()]);
  }

  of(topic: string): readonly LeasedLane[] {
    return [...(this.#lanes.get(topic)?.values() ?? [])];
  }
}
