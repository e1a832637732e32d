/** What is known of a member's signs of life; times are the servers'. */
export interface Sign {
  readonly id: string;
  readonly revision: number;
  readonly seenAtMs: number;
  readonly sessionTimeoutMs: number;
}

/**
 * Who is to be taken for dead. Asked at each sign of life of one's own, with its time: whose last sign is older by a session, now and at the time before. In between each
 * that lives has had the time for another one: so neither a pause of the one who asks, nor a servers' clock that jumps or is another server's, ends a session.
 */
export class SilentMembers {
  #suspects: ReadonlyMap<string, number> = new Map();

  among<Member extends Sign>(members: readonly Member[], nowMs: number): readonly Member[] {
    const silent = members.filter(({ seenAtMs, sessionTimeoutMs }) => nowMs - seenAtMs > sessionTimeoutMs);
    const before = this.#suspects;
    this.#suspects = new Map(silent.map(({ id, revision }) => [id, revision]));
    return silent.filter(({ id, revision }) => before.get(id) === revision);
  }
}
