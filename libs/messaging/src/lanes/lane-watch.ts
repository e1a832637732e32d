import { BackgroundLoop } from '@waybill/observability';

import type {
  Broker,
  LagReader,
  Lane,
  LaneLag,
  LanePosition,
  Subscription,
  SubscriptionListener,
  SubscriptionOptions,
  UnreadableRecords,
} from '../broker.js';
import { ForeignPositions } from '../messaging.errors.js';
import { comparePositions } from './compare-positions.js';
import { ALL_LANES, lossOf } from './lane-ledger.js';
import type { LaneIssue, LaneLedger, OpenLaneIssue } from './lane-ledger.js';
import { issueOfLost } from './lost-position.js';
import type { LostPosition } from './lost-position.js';
import { restorationOf } from './restoration.js';
import type { Restoration } from './restoration.js';

const STANDING_INTERVAL_MS = 2_000;
/** In which members that began at an older position, told by a coordinator that had just moved, have caught up. */
const REWOUND_INTERVAL_MS = 5_000;

/**
 * Looks after the lanes of one subscription: writes down how far they were handled before the broker is told, compares the two
 * at the start and every few seconds, reports what doesn't fit, and passes records that nobody can read once an operator has
 * settled them, on whichever replica.
 */
export class LaneWatch {
  readonly #loop: BackgroundLoop;
  readonly #found: LaneIssue[] = [];
  /** Where the adapter found nothing any more. */
  readonly #lost: LostPosition[] = [];
  /** Topics that were there at the last look. */
  #there: ReadonlySet<string> = new Set();
  /** Topics that were gone: what the marks say of them is about another log, however far the new one has come. */
  readonly #gone = new Set<string>();
  readonly #standing = new Map<string, LaneIssue>();
  readonly #confirmed = new Map<string, string>();
  /** Where this database has handled less than was acknowledged: it was restored, and reads the rest again. */
  readonly #rewinds = new Map<string, string>();
  /** Lanes that were rewound at the last look, and since when. */
  #rewound: ReadonlyMap<string, number> = new Map();
  /** Lanes whose marks were set back to another log, from what the broker had said a moment before. */
  readonly #restarted = new Set<string>();
  #owner: string | undefined;
  #open: readonly OpenLaneIssue[] = [];
  #restoration: Restoration = { state: 'unknown' };
  #subscription: Subscription | undefined;
  #reader: LagReader | undefined;

  constructor(
    private readonly broker: Broker,
    private readonly group: string,
    private readonly ledger: LaneLedger<never>,
    private readonly intervalMs: number,
  ) {
    this.#loop = new BackgroundLoop({
      work: 'compare the lanes with the database',
      step: () => this.#look(),
      intervalMs,
      firstAfterMs: intervalMs,
    });
  }

  /** As of the last look. */
  issues(): readonly OpenLaneIssue[] {
    return this.#open;
  }

  /** As of the last look. */
  restoration(): Restoration {
    return this.#restoration;
  }

  report(issue: LaneIssue): void {
    this.#found.push(issue);
    this.#loop.wake();
  }

  async subscribe(options: SubscriptionOptions, listener: SubscriptionListener): Promise<Subscription> {
    this.#reader = this.broker.createLagReader(options);
    const owner = await this.#own();
    this.#owner = owner;
    await this.#compare('at-start');
    const watched: SubscriptionListener = {
      onRecords: (lane, records) => listener.onRecords(lane, records),
      onHealth: (healthy, cause) => {
        listener.onHealth(healthy, cause);
        if (!healthy) this.#loop.wake(); // maybe a topic is gone, and somebody makes it again before the next look
      },
      onAssigned: (lanes) => {
        this.#standing.clear();
        listener.onAssigned(lanes);
      },
      onUnreadable: (lane, records) => this.#onUnreadable(lane, records),
      onPositionLost: (position, log) => {
        this.#lost.push({ ...position, log });
        this.#loop.wake();
      },
    };
    const beforeCommit = (positions: readonly LanePosition[]): Promise<void> => this.#mark(positions);
    const onCommitted = (positions: readonly LanePosition[]): void => {
      for (const position of positions) {
        this.#confirmed.set(idOf(position), position.next);
        this.#rewinds.delete(idOf(position));
      }
    };
    const subscription = await this.broker.subscribe(
      { ...options, owner, startAt: (lane) => this.#rewinds.get(idOf(lane)), beforeCommit, onCommitted },
      watched,
    );
    this.#subscription = subscription;
    this.#loop.start();
    return {
      pause: (lane) => subscription.pause(lane),
      resume: (lane) => subscription.resume(lane),
      skip: (lane, records) => subscription.skip(lane, records),
      acknowledge: (positions) => subscription.acknowledge(positions),
      close: async () => {
        await this.#loop.stop();
        await subscription.close();
        await this.#reader?.close();
      },
    };
  }

  /** @throws ForeignPositions */
  async #own(): Promise<string> {
    const known = await this.ledger.installations(this.group);
    const lanes = (await this.#reader?.read()) ?? [];
    const foreign = lanes.find(({ owner }) => owner !== undefined && !known.includes(owner));
    if (foreign?.owner === undefined) return known[0];
    const error = new ForeignPositions(this.group, foreign.owner, known[0]);
    const { topic, owner } = foreign;
    const place = { topic, partition: ALL_LANES, first: '0', next: '0' };
    await this.ledger.report(this.group, { kind: 'foreign', ...place, reason: error.message, owner });
    this.#open = await this.ledger.open(this.group);
    throw error;
  }

  async #mark(positions: readonly LanePosition[]): Promise<void> {
    await this.ledger.mark(
      this.group,
      positions.map((position) => ({ ...position, confirmed: this.#confirmedOf(position) })),
    );
  }

  /** What lies beyond the position was another log's. */
  #confirmedOf(position: LanePosition): string | undefined {
    const confirmed = this.#confirmed.get(idOf(position));
    return confirmed !== undefined && BigInt(confirmed) <= BigInt(position.next) ? confirmed : undefined;
  }

  #onUnreadable(lane: Lane, { first, next, reason }: UnreadableRecords): void {
    this.#standing.set(idOf(lane), { ...lane, kind: 'unreadable', first, next, reason });
    this.#loop.wake();
  }

  /** Without what is told already, of the topic or of the lane. */
  async #reportLost(lanes: readonly LaneLag[]): Promise<void> {
    const lost = [...this.#lost];
    for (const position of lost) {
      const lane = lanes.find((each) => idOf(each) === idOf(position));
      const issue = lane && issueOfLost(position, lane);
      if (issue === undefined) continue;
      const told = issue.kind === 'replaced' ? await this.ledger.open(this.group) : [];
      const isTold = told.some(({ kind, topic, partition }) =>
        kind === 'topic-lost'
          ? topic === issue.topic
          : kind === 'replaced' && idOf({ topic, partition }) === idOf(issue),
      );
      if (!isTold) await this.ledger.report(this.group, issue);
    }
    this.#lost.splice(0, lost.length);
  }

  /** @returns when to look again */
  async #look(): Promise<number> {
    for (let issue = this.#found[0]; issue !== undefined; issue = this.#found[0]) {
      await this.ledger.report(this.group, issue);
      if (issue.kind === 'topic-lost') this.#gone.add(issue.topic);
      this.#found.shift();
    }
    for (const [id, issue] of this.#standing) {
      if ((await this.ledger.report(this.group, issue)) === 'open') continue;
      this.#standing.delete(id);
      this.#subscription?.skip(issue, issue);
    }
    await this.#compare('running');
    if (this.#standing.size > 0) return Math.min(STANDING_INTERVAL_MS, this.intervalMs);
    return this.#rewound.size > 0 ? Math.min(REWOUND_INTERVAL_MS, this.intervalMs) : this.intervalMs;
  }

  /** Marks are read first: what is handled meanwhile is at the broker before it is in them. */
  async #compare(when: 'at-start' | 'running'): Promise<void> {
    const marks = new Map((await this.ledger.marks(this.group)).map((mark) => [idOf(mark), mark]));
    const lanes = (await this.#reader?.read()) ?? [];
    await this.#missTopics(lanes);
    const unmarked = lanes.filter((lane) => lane.owner === this.#owner && !marks.has(idOf(lane)));
    const learnt = unmarked.filter((lane) => !this.#rewinds.has(idOf(lane)));
    if (when === 'running') await this.#learn([...learnt, ...this.#takeRestarted(lanes)]);
    else
      for (const { topic, partition } of unmarked)
        marks.set(idOf({ topic, partition }), { topic, partition, next: '0' });
    const again = lanes.filter(({ topic }) => this.#gone.has(topic));
    const differences = lanes.flatMap((lane) => {
      const mark = again.includes(lane) ? undefined : marks.get(idOf(lane));
      return (mark && comparePositions(mark, lane, when)) ?? [];
    });
    const issues = when === 'running' ? this.#lasting(differences) : differences;
    for (const { kind, first, ...lane } of issues) if (kind === 'skipped') this.#rewinds.set(idOf(lane), first);
    const replaced = issues.filter(({ kind }) => kind === 'replaced');
    const known = replaced.length > 0 ? await this.#lostTopics() : new Set();
    for (const issue of issues) {
      if (issue.kind !== 'replaced' || !known.has(issue.topic)) await this.ledger.report(this.group, issue);
    }
    await this.#reportLost(lanes);
    const restarted = [...replaced, ...again].map(idOf);
    if (restarted.length > 0) await this.#restart(restarted, lanes, when);
    for (const { topic } of again) this.#gone.delete(topic);
    this.#open = await this.ledger.open(this.group);
    this.#restoration = restorationOf(this.#open, marks, lanes);
  }

  /**
   * Without what has just been rewound: looks may follow one another within milliseconds, as each change of the health brings one. Where the
   * group's coordinator moves to another broker, as at each restart of one, that may tell and give out positions from a moment before; what the
   * broker has forgotten it doesn't know some seconds later either.
   */
  #lasting(issues: readonly LaneIssue[]): readonly LaneIssue[] {
    const now = performance.now();
    const rewound = issues.filter(({ kind }) => kind === 'rewound').map(idOf);
    this.#rewound = new Map(rewound.map((id) => [id, this.#rewound.get(id) ?? now]));
    const shownBefore = now - Math.min(REWOUND_INTERVAL_MS, this.intervalMs);
    return issues.filter((issue) => issue.kind !== 'rewound' || (this.#rewound.get(idOf(issue)) ?? now) <= shownBefore);
  }

  /** One issue tells of a topic that was gone, not one more for each lane. */
  async #lostTopics(): Promise<ReadonlySet<string>> {
    const open = await this.ledger.open(this.group);
    return new Set(open.filter(({ kind }) => kind === 'topic-lost').map(({ topic }) => topic));
  }

  /**
   * From now on marks are the new log's: kept at the old one's, they would tell a restored copy nothing. What was acknowledged
   * while this ran was handled here. At the start it may have been another copy of this database: the new log is read from its
   * beginning, and the inbox removes what is known.
   */
  async #restart(ids: readonly string[], lanes: readonly LaneLag[], when: 'at-start' | 'running'): Promise<void> {
    const restarted = lanes.filter((lane) => ids.includes(idOf(lane)));
    const positions = restarted.map(({ topic, partition, first, next, end }) => {
      const acknowledged = when === 'running' && next !== undefined && BigInt(next) <= BigInt(end) ? next : first;
      return { topic, partition, next: acknowledged };
    });
    await this.ledger.restart(this.group, positions);
    for (const position of positions) {
      this.#confirmed.delete(idOf(position));
      if (when === 'running') this.#restarted.add(idOf(position));
      else this.#rewinds.set(idOf(position), position.next);
    }
  }

  /** What was handled between the broker's answer and the setting back is learnt at the next look. */
  #takeRestarted(lanes: readonly LaneLag[]): readonly LaneLag[] {
    const taken = lanes.filter((lane) => this.#restarted.has(idOf(lane)) && lane.owner === this.#owner);
    this.#restarted.clear();
    return taken;
  }

  /** Whoever makes it again, maybe another service: what this one had not read is lost. */
  async #missTopics(lanes: readonly LaneLag[]): Promise<void> {
    const there = new Set(lanes.map(({ topic }) => topic));
    const gone = [...this.#there].filter((topic) => !there.has(topic));
    for (const topic of gone) {
      this.#gone.add(topic);
      await this.ledger.report(this.group, lossOf(topic));
    }
    this.#there = there;
  }

  /**
   * Of a lane whose mark an operator gave up. Everything before the position was handled: it was marked before it was handed over.
   * Not of one that an older copy reads again: there the position is what it has forgotten.
   */
  async #learn(lanes: readonly LaneLag[]): Promise<void> {
    const marks = lanes.flatMap(({ topic, partition, next }) =>
      next === undefined ? [] : [{ topic, partition, next }],
    );
    if (marks.length > 0) await this.ledger.mark(this.group, marks);
  }
}

function idOf({ topic, partition }: Lane): string {
  return `${topic}/${partition}`;
}
