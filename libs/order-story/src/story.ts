import type { InboxEntry, LetterSummary, OutboxMessage, ParkedKey, TimelineEntry } from './bodies.js';

/** What the four services know of one order. */
export interface StoryParts {
  readonly order: { readonly status: string };
  readonly timeline: readonly TimelineEntry[];
  readonly sent: readonly OutboxMessage[];
  readonly taken: readonly (InboxEntry & { readonly service: string })[];
  readonly letters: readonly (LetterSummary & { readonly service: string })[];
  /** Where messages of the order wait for one of them that has failed. */
  readonly parked: readonly (ParkedKey & { readonly service: string })[];
}

/**
 * Where a message was: `way` from the outbox over the topic until a service took it (an outside call, to a payment provider or a carrier,
 * is made before that), `handle` until its answer was written, `held` from a failed attempt until it went well. Publication is noted a
 * little later, in bulk; only where that was before it was taken are `outbox` and `topic` told apart.
 */
export type Stage = 'outbox' | 'topic' | 'way' | 'handle' | 'held';

export interface Segment {
  readonly stage: Stage;
  readonly from: number;
  readonly to: number;
  /** It is there still. */
  readonly isOpen: boolean;
}

export interface MessageRow {
  readonly kind: 'message';
  readonly id: string;
  readonly at: number;
  readonly from: string;
  readonly to: string;
  readonly type: string;
  readonly step: string | undefined;
  readonly attempt: number;
  readonly isCommand: boolean;
  /** It takes back what a step did. */
  readonly isUndo: boolean;
  readonly segments: readonly Segment[];
  /** Absent once the outbox has forgotten it, or where its service doesn't answer. */
  readonly outbox: OutboxMessage | undefined;
  readonly inbox: StoryParts['taken'][number] | undefined;
  readonly letter: StoryParts['letters'][number] | undefined;
  /** The messages that this one caused. */
  readonly answers: readonly string[];
  readonly causationId: string | null;
  readonly detail: TimelineEntry['detail'];
}

export interface PointRow {
  readonly kind: 'point';
  readonly id: string;
  readonly at: number;
  readonly type: string;
  readonly step: string | undefined;
  readonly detail: TimelineEntry['detail'];
}

/** A message that was held and that the timeline doesn't tell of: nobody knows what it was about. */
export interface LetterRow {
  readonly kind: 'letter';
  readonly id: string;
  readonly at: number;
  readonly letter: StoryParts['letters'][number];
  readonly segments: readonly Segment[];
}

/** A key that is parked at a service: later messages of the order wait there. */
export interface ParkedRow {
  readonly kind: 'parked';
  readonly id: string;
  readonly at: number;
  readonly parked: StoryParts['parked'][number];
  readonly segments: readonly Segment[];
}

export type Row = MessageRow | PointRow | LetterRow | ParkedRow;

/** States of a message that is held still. */
export const OPEN: ReadonlySet<string> = new Set(['retrying', 'parked', 'dead']);

/** Everything in the order in which it happened: each message with where it was when, and between them what the saga decided. */
export function storyOf(parts: StoryParts, nowMs: number): readonly Row[] {
  const begun = new Map(
    parts.timeline.flatMap(({ messageId, detail }) => (messageId ? [[messageId, stepIn(detail)]] : [])),
  );
  let isUndoing = false;
  const undoings = new Set<string>();
  const told = parts.timeline.map((entry, index): Row => {
    if (entry.type === 'compensation-started') isUndoing = true;
    const { messageId, kind } = entry;
    if (messageId === null || (kind !== 'command' && kind !== 'event')) {
      const { type, detail } = entry;
      return { kind: 'point', id: `${index} ${type}`, at: Date.parse(entry.at), type, step: stepIn(detail), detail };
    }
    const isUndo = kind === 'command' ? isUndoing : undoings.has(entry.causationId ?? '');
    if (isUndo) undoings.add(messageId);
    return messageRow(parts, entry, messageId, { isUndo, nowMs, stepOfCause: begun.get(entry.causationId ?? '') });
  });
  return heldRows(parts, told, nowMs).reduce(inTime, told);
}

/** What is held beside the messages that are told of. */
function heldRows({ letters, parked }: StoryParts, told: readonly Row[], nowMs: number): readonly Row[] {
  const known = new Set(told.flatMap((row) => (row.kind === 'message' && row.letter ? [row.letter] : [])));
  const held = (from: number, to: number | undefined): readonly Segment[] => [
    { stage: 'held', from, to: Math.max(from, to ?? nowMs), isOpen: to === undefined },
  ];
  return [
    ...letters
      .filter((letter) => !known.has(letter))
      .map((letter): LetterRow => {
        const at = Date.parse(letter.heldAt);
        const end = OPEN.has(letter.state) ? undefined : Date.parse(letter.updatedAt);
        return { kind: 'letter', id: `letter ${letter.service} ${letter.id}`, at, letter, segments: held(at, end) };
      }),
    ...parked.map((key): ParkedRow => {
      const at = Date.parse(key.parkedAt);
      const id = `parked ${key.service} ${key.topic} ${key.subscriber}`;
      return { kind: 'parked', id, at, parked: key, segments: held(at, undefined) };
    }),
  ];
}

/** Before the first that began later; the others stay in the order in which the timeline tells of them. */
function inTime(rows: readonly Row[], row: Row): readonly Row[] {
  const index = rows.findIndex(({ at }) => at > row.at);
  return index < 0 ? [...rows, row] : rows.toSpliced(index, 0, row);
}

function messageRow(
  parts: StoryParts,
  entry: TimelineEntry,
  id: string,
  { isUndo, nowMs, stepOfCause }: { isUndo: boolean; nowMs: number; stepOfCause: string | undefined },
): MessageRow {
  const isCommand = entry.kind === 'command';
  const outbox = parts.sent.find((message) => message.id === id);
  const taken = parts.taken.find(({ messageId }) => messageId === id);
  const letter = taken && parts.letters.find((each) => isOf(each, taken, entry.type));
  const inbox = taken && outcomeOf(taken, letter);
  const answers = parts.timeline.filter(({ causationId, messageId }) => causationId === id && messageId !== null);
  return {
    kind: 'message',
    id,
    at: Date.parse(outbox?.createdAt ?? entry.at),
    from: entry.service,
    to: isCommand ? receiverOf(entry.type, outbox) : 'order',
    type: entry.type,
    step: stepIn(entry.detail) ?? stepOfCause,
    attempt: Number(entry.detail?.['attempt'] ?? 1),
    isCommand,
    isUndo,
    segments: segmentsOf(parts, { entry, outbox, inbox, letter, answers, nowMs }),
    outbox,
    inbox,
    letter,
    answers: answers.map(({ messageId }) => messageId ?? ''),
    causationId: entry.causationId,
    detail: entry.detail,
  };
}

function segmentsOf(
  { order }: StoryParts,
  {
    entry,
    outbox,
    inbox,
    letter,
    answers,
    nowMs,
  }: {
    readonly entry: TimelineEntry;
    readonly outbox: OutboxMessage | undefined;
    readonly inbox: InboxEntry | undefined;
    readonly letter: StoryParts['letters'][number] | undefined;
    readonly answers: readonly TimelineEntry[];
    readonly nowMs: number;
  },
): readonly Segment[] {
  const created = Date.parse(outbox?.createdAt ?? entry.at);
  const published = timeOf(outbox?.publishedAt ?? null);
  const held = timeOf(letter?.heldAt ?? null);
  const received = held ?? timeOf(inbox?.receivedAt ?? null) ?? (entry.kind === 'event' ? lastOf(answers) : undefined);
  const isHeld = letter !== undefined && OPEN.has(letter.state);
  const isWaiting = outbox?.publishedAt === null;
  const answered = lastOf(answers);
  const segments: Segment[] = [];
  const add = (stage: Stage, from: number, to: number | undefined): number => {
    const end = Math.max(from, to ?? nowMs);
    segments.push({ stage, from, to: end, isOpen: to === undefined });
    return end;
  };
  if (isWaiting && received === undefined) {
    add('outbox', created, undefined);
    return segments;
  }
  const isEnded = order.status !== 'PLACED';
  let at = created;
  if (received === undefined) {
    if (published !== undefined) at = add('outbox', at, published);
    if (outbox !== undefined && !isEnded) add('topic', at, undefined);
    return segments;
  }
  if (published !== undefined && published < received) at = add('topic', add('outbox', at, published), received);
  else at = add('way', at, received);
  if (held !== undefined) at = add('held', at, isHeld ? undefined : (timeOf(letter?.updatedAt ?? null) ?? at));
  if (entry.kind === 'command' && !isHeld && (answered !== undefined || !isEnded)) add('handle', at, answered);
  return segments;
}

/** The end of what came of it. */
function lastOf(answers: readonly TimelineEntry[]): number | undefined {
  return answers.length === 0 ? undefined : Math.max(...answers.map(({ at }) => Date.parse(at)));
}

function receiverOf(type: string, outbox: OutboxMessage | undefined): string {
  return (outbox?.topic ?? type).split('.')[0] ?? '';
}

/** The same record, at the same service; a place is one of its topic, which the type tells. */
function isOf(letter: StoryParts['letters'][number], inbox: StoryParts['taken'][number], type: string): boolean {
  const isSamePlace = letter.partition === inbox.partition && letter.position === inbox.position;
  return isSamePlace && letter.service === inbox.service && letter.type === type;
}

/** What an operator has edited is discarded as it was published; what became of it is what became of its letter. */
function outcomeOf(
  taken: StoryParts['taken'][number],
  letter: StoryParts['letters'][number] | undefined,
): StoryParts['taken'][number] {
  return taken.outcome === 'discarded' && letter !== undefined ? { ...taken, outcome: letter.state } : taken;
}

function stepIn(detail: TimelineEntry['detail']): string | undefined {
  const step = detail?.['step'];
  return typeof step === 'string' ? step : undefined;
}

function timeOf(iso: string | null): number | undefined {
  return iso === null ? undefined : Date.parse(iso);
}
