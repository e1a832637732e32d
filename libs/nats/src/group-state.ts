import type { Lane } from '@waybill/messaging';

import type { Dealee } from './deal-lanes.js';
import type { NatsNames } from './names.js';

/** What a group's bucket says of a lane: how far it was handled, in which log, for whose database, and who reads it now. */
export interface LaneEntry {
  /** Everything before it is done; absent = nothing was acknowledged. */
  readonly next?: string | undefined;
  /** The log that the position is of. */
  readonly log?: string | undefined;
  /** When a server took the record before the position, in milliseconds; absent = not known, or written by an older release. */
  readonly record?: string | undefined;
  readonly owner?: string | undefined;
  /** Absent: nobody. */
  readonly member?: string | undefined;
}

export interface KnownLane extends LaneEntry {
  /** Of its last change; 0 = there is none. Who changes it says which one it saw, and fails where that isn't the last any more. */
  readonly revision: number;
}

export interface KnownMember extends Dealee {
  readonly revision: number;
  /** Of its last sign of life, by the servers' clock, in milliseconds. */
  readonly seenAtMs: number;
  /** After how long without one it is taken for dead. */
  readonly sessionTimeoutMs: number;
}

/** One change of a group's bucket. */
export interface GroupEntry {
  readonly key: string;
  /** `undefined` = it was removed, or isn't JSON. */
  readonly content: unknown;
  readonly revision: number;
  /** By the servers' clock, in milliseconds. */
  readonly atMs: number;
}

const MOST_LANES = 100_000;
const UNKNOWN: KnownLane = { revision: 0 };
const [MEMBER, LANE] = ['member.', 'lane.'];

export function memberKey(id: string): string {
  return `${MEMBER}${id}`;
}

export function laneKey(names: NatsNames, lane: Lane): string {
  return `${LANE}${names.stream(lane)}`;
}

/** The members and lanes of a group as its bucket tells them, in the order of its changes. */
export class GroupState {
  readonly #members = new Map<string, KnownMember>();
  readonly #lanes = new Map<string, KnownLane>();
  /** When members have left that left a marker. */
  readonly #left = new Map<string, number>();

  constructor(private readonly names: NatsNames) {}

  get members(): readonly KnownMember[] {
    return [...this.#members.values()];
  }

  has(member: string): boolean {
    return this.#members.has(member);
  }

  lane(lane: Lane): KnownLane {
    return this.#lanes.get(laneKey(this.names, lane)) ?? UNKNOWN;
  }

  /** Who reads the lane and is alive. */
  holderOf(lane: Lane): string | undefined {
    const { member } = this.lane(lane);
    return member !== undefined && this.has(member) ? member : undefined;
  }

  /** @returns whether it is another member now, or another reader of a lane */
  apply({ key, content, revision, atMs }: GroupEntry): boolean {
    if (key.startsWith(LANE)) return this.#applyLane(key, { ...toLaneEntry(content), revision });
    if (!key.startsWith(MEMBER)) return false;
    const id = key.slice(MEMBER.length);
    const [before, member] = [this.#members.get(id), toMember(content)];
    if (member === undefined) {
      this.#members.delete(id);
      this.#left.set(id, atMs);
    } else this.#members.set(id, { id, ...member, revision, seenAtMs: atMs });
    return JSON.stringify(before?.topics) !== JSON.stringify(member?.topics);
  }

  /** Those who left before that time, by the servers' clock; the others are forgotten, too. */
  takeLeft(beforeMs: number): readonly string[] {
    const left = [...this.#left].flatMap(([id, atMs]) => (atMs < beforeMs ? [id] : []));
    this.#left.clear();
    return left;
  }

  /** What this process has written itself, or has just read. */
  set(lane: Lane, known: KnownLane): void {
    this.#lanes.set(laneKey(this.names, lane), known);
  }

  /** The watch may tell of older changes than are known. @returns whether somebody else reads the lane now */
  #applyLane(key: string, known: KnownLane): boolean {
    const before = this.#lanes.get(key) ?? UNKNOWN;
    if (known.revision < before.revision) return false;
    this.#lanes.set(key, known);
    return known.member !== before.member;
  }
}

/** What somebody else has written there is as if it weren't there. */
export function contentOf(data: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(data));
  } catch {
    return undefined;
  }
}

/** What can't be a position is none. */
export function toLaneEntry(content: unknown): LaneEntry {
  if (typeof content !== 'object' || content === null) return {};
  const fields = new Map<string, unknown>(Object.entries(content));
  const text = (name: string): string | undefined => {
    const value = fields.get(name);
    return typeof value === 'string' ? value : undefined;
  };
  const next = text('next');
  const isPosition = next !== undefined && /^\d{1,20}$/.test(next);
  const [log, record, owner, member] = [text('log'), text('record'), text('owner'), text('member')];
  return isPosition ? { next, log, record, owner, member } : { log, owner, member };
}

function toMember(content: unknown): Pick<KnownMember, 'topics' | 'sessionTimeoutMs'> | undefined {
  if (typeof content !== 'object' || content === null) return undefined;
  const { topics, sessionTimeoutMs } = { topics: undefined, sessionTimeoutMs: undefined, ...content };
  if (typeof topics !== 'object' || topics === null || typeof sessionTimeoutMs !== 'number') return undefined;
  const counts = Object.entries<unknown>(Object(topics)).flatMap(([topic, count]) =>
    typeof count === 'number' && Number.isSafeInteger(count) && count >= 0 && count <= MOST_LANES
      ? [[topic, count] as const]
      : [],
  );
  return { topics: Object.fromEntries(counts), sessionTimeoutMs };
}
