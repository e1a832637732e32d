import type { LanePosition } from '../broker.js';
import { LOSSES } from '../lanes/lane-ledger.js';
import type { LaneIssue, LaneLedger, LaneMark, LaneOperator, OpenLaneIssue } from '../lanes/lane-ledger.js';

/** {@link LaneLedger} for one group. */
export class InMemoryLaneLedger implements LaneLedger<unknown> {
  readonly #marks = new Map<string, LaneMark>();
  readonly #issues: (OpenLaneIssue & { settledBy?: string })[] = [];

  readonly #adopted: string[] = [];

  /** @param own the id of its database @param marks what it knows already, as a backup does */
  constructor(
    private readonly own: string = 'test',
    marks: readonly LaneMark[] = [],
  ) {
    for (const mark of marks) this.#marks.set(`${mark.topic}/${mark.partition}`, mark);
  }

  async installations(): Promise<readonly [string, ...string[]]> {
    return [this.own, ...this.#adopted];
  }

  async marks(): Promise<readonly LaneMark[]> {
    return [...this.#marks.values()];
  }

  async mark(_group: string, marks: readonly LaneMark[]): Promise<void> {
    for (const mark of marks) {
      const id = `${mark.topic}/${mark.partition}`;
      const known = this.#marks.get(id);
      if (known === undefined || BigInt(known.next) < BigInt(mark.next)) this.#marks.set(id, mark);
    }
  }

  async restart(_group: string, marks: readonly LanePosition[]): Promise<void> {
    for (const { topic, partition, next } of marks)
      this.#marks.set(`${topic}/${partition}`, { topic, partition, next, confirmed: undefined });
  }

  async report(_group: string, issue: LaneIssue): Promise<'open' | 'settled'> {
    const known = this.#issues.find(
      (other) => isSame(other, issue) && (!other.settledBy || issue.kind === 'unreadable'),
    );
    if (issue.owner !== undefined && this.#adopted.includes(issue.owner)) return 'settled';
    if (!known) this.#issues.push({ ...issue, id: String(this.#issues.length + 1), foundAt: new Date() });
    return known?.settledBy === undefined ? 'open' : 'settled';
  }

  async open(): Promise<readonly OpenLaneIssue[]> {
    return this.#issues.filter(({ settledBy }) => settledBy === undefined);
  }

  async lastLossAtMs(_group: string, topics: readonly string[]): Promise<number | undefined> {
    const losses = this.#issues.filter(({ kind, topic }) => LOSSES.has(kind) && topics.includes(topic));
    return losses.length === 0 ? undefined : Math.max(...losses.map(({ foundAt }) => foundAt.getTime()));
  }

  async settle(_tx: unknown, _group: string, id: string, { who }: LaneOperator): Promise<LaneIssue | undefined> {
    const issue = this.#issues.find((other) => other.id === id && other.settledBy === undefined);
    if (issue) issue.settledBy = who;
    if (issue?.owner !== undefined) this.#adopted.push(issue.owner);
    return issue;
  }
}

function isSame(a: LaneIssue, b: LaneIssue): boolean {
  return a.topic === b.topic && a.partition === b.partition && a.kind === b.kind && a.next === b.next;
}
