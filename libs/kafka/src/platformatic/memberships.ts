import { KafkaError } from '../kafka-errors.js';

/** The coordinator of the group is another broker now, or none yet, or can't be reached. */
const MOVED = new Set(['NOT_COORDINATOR', 'COORDINATOR_NOT_AVAILABLE', 'COORDINATOR_LOAD_IN_PROGRESS']);

/**
 * Ids of members whose consumer ended without leaving its group. The client never looks for another coordinator, so its consumer is
 * replaced where that has moved. A new member would wait for a session's length, until the group gives up the old one; under
 * the old one's id it is back at once.
 */
export class Memberships {
  readonly #left = new Map<string, string[]>();

  /** @returns whether the consumer is to end without leaving, as its place is taken over. */
  keep(group: string, memberId: string | null, crash: KafkaError | undefined): boolean {
    if (memberId === null || crash === undefined || !(crash.isConnectionProblem || MOVED.has(crash.type))) return false;
    this.#left.set(group, [...(this.#left.get(group) ?? []), memberId]);
    return true;
  }

  take(group: string): string | null {
    return this.#left.get(group)?.pop() ?? null;
  }
}
