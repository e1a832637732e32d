import { setTimeout as sleep } from 'node:timers/promises';

import type { Message } from '@aws-sdk/client-sqs';
import { newId } from '@waybill/observability';

import type { Aws } from './aws.js';

/** How far a group has come on a lane. Records are counted from 0, in the order in which SQS gives them out. */
export interface GroupPosition {
  /** The next record to be acknowledged. */
  readonly next: number;
  /** The next record to be taken over. */
  readonly taken: number;
  /** SQS's own number of the last record that was taken over: only what comes after it is new. */
  readonly sequence: string;
  /** Of which queue: another one of the same name begins at 0. */
  readonly log: string;
  readonly owner: string | undefined;
}

/** One message of the queue. */
interface Seen {
  readonly id: string;
  readonly handle: string;
  /** SQS's own number of it: the later one is kept of two that say the same. */
  readonly sequence: bigint;
  readonly sentMs: number;
  /** `undefined`: what isn't one is passed over, but counted. */
  readonly position: GroupPosition | undefined;
}

/** More than these are cleaned up at the next write. */
const FEW = 5;
/** What one request gets, or changes, at most. */
const PAGE = 10;
const HIDDEN_SECONDS = 5;
/** For as long as somebody may hide them who dies meanwhile, and a little more. */
const PATIENCE_MS = HIDDEN_SECONDS * 1_000 + 3_000;
const LOOK_AGAIN_MS = 50;
/** After that, what can't be seen at once is looked for page by page. */
const AT_ONCE_MS = 500;
/** The shortest request that asks all of SQS's servers, not some of them. Where there are messages, it doesn't wait. */
const ALL_SERVERS_SECONDS = 1;
/** SQS deletes them after 14 days. */
const RENEW_AFTER_MS = 3 * 86_400_000;

/**
 * The position of one group on one lane: what the messages of a small queue say together, each of its parts as far as the furthest says. So a
 * position that somebody writes who has lost the lane takes nothing back.
 *
 * Whoever begins to read a lane, or is about to number records, has to see all of them, as one that is missed has its numbers given out again. A request
 * gets ten at most, maybe fewer than there are; so where that isn't as many as SQS counts, what was seen is hidden, and more asked for. That count may be
 * late, and so it is never taken as proof that there is nothing.
 */
export class Positions {
  /** As far as this instance knows. */
  #count = 0;
  /** When what is needed of the queue was sent, at the earliest. */
  #sentMs: number | undefined;
  #turns: Promise<unknown> = Promise.resolve();

  constructor(
    private readonly aws: Aws,
    private readonly queue: string,
    private readonly clock: () => number = Date.now,
  ) {}

  /** For lag: may miss what is just being written. @returns `undefined` where none was written, or SQS has deleted it. @throws what AWS says, or where others hide all for too long */
  async read(): Promise<GroupPosition | undefined> {
    const endsAt = performance.now() + PATIENCE_MS;
    for (;;) {
      const seen = await this.#receive(0, 0);
      if (seen.length > 0) return together(seen);
      const count = await this.aws.count(this.queue);
      if (count === 0) return undefined;
      if (performance.now() > endsAt) throw this.#incomplete(0, count);
      await sleep(LOOK_AGAIN_MS);
    }
  }

  /** As a reader begins: misses none, and leaves no more than are needed. @throws what AWS says, or where it doesn't give out all */
  open(): Promise<GroupPosition | undefined> {
    return this.#inTurn(async () => {
      const seen = await this.#seeAll();
      if (seen.length > 1) await this.#sweep().catch(() => {}); // next time
      return together(seen);
    });
  }

  /** Misses none. @throws what AWS says, or where it doesn't give out all */
  readAll(): Promise<GroupPosition | undefined> {
    return this.#inTurn(async () => together(await this.#seeAll()));
  }

  /** One after the other. @throws what AWS says */
  write(position: GroupPosition): Promise<void> {
    return this.#inTurn(() => this.#write(position));
  }

  /** Writes it again where SQS would soon delete it: on a lane where nothing moves nobody else does. @throws what AWS says */
  async renew(position: GroupPosition): Promise<void> {
    if (this.#sentMs !== undefined && this.clock() - this.#sentMs > RENEW_AFTER_MS) await this.write(position);
  }

  #inTurn<Result>(work: () => Promise<Result>): Promise<Result> {
    const turn = this.#turns.then(work);
    this.#turns = turn.catch(() => {}); // who has asked for it hears of it
    return turn;
  }

  async #write(position: GroupPosition): Promise<void> {
    const { sqs } = await this.aws.open();
    const id = newId();
    await sqs.sendMessage({
      QueueUrl: await this.aws.queueUrl(this.queue),
      MessageBody: JSON.stringify(position),
      // A group each: one that is hidden hides no other.
      MessageGroupId: id,
      MessageDeduplicationId: id,
    });
    this.#count += 1;
    this.#sentMs = this.clock();
    if (this.#count > FEW) await this.#removeOld().catch(() => {}); // next time
  }

  /** Of the first ten: after a write there are seldom more. */
  async #removeOld(): Promise<void> {
    await this.#tidy(await this.#receive(HIDDEN_SECONDS, 0));
  }

  /** One request and a count where they are few, and nobody hides one. */
  async #seeAll(): Promise<readonly Seen[]> {
    const endsAt = performance.now() + PATIENCE_MS;
    let sweepAt = performance.now() + AT_ONCE_MS;
    for (;;) {
      const isSweep = performance.now() >= sweepAt;
      const { seen, count } = isSweep ? await this.#sweep() : await this.#seePage();
      const isFull = !isSweep && seen.length === PAGE;
      if (seen.length >= count && !isFull) {
        this.#note(isSweep ? neededOf(seen) : seen);
        return seen;
      }
      if (performance.now() > endsAt) throw this.#incomplete(seen.length, count);
      // Sweeping hides them from others, who may be looking for them, too.
      sweepAt = isSweep ? performance.now() + AT_ONCE_MS : isFull ? 0 : sweepAt;
      if (!isFull) await sleep(LOOK_AGAIN_MS);
    }
  }

  /** Counted afterwards: what is written in between is no substitute for what somebody hides. */
  async #seePage(): Promise<{ readonly seen: readonly Seen[]; readonly count: number }> {
    const seen = await this.#receive(0, this.#count === 0 ? ALL_SERVERS_SECONDS : 0);
    return { seen, count: await this.aws.count(this.queue) };
  }

  /** All that nobody else hides. Counts them before it removes those that another one makes needless, and shows the rest again. */
  async #sweep(): Promise<{ readonly seen: readonly Seen[]; readonly count: number }> {
    const seen = new Map<string, Seen>();
    try {
      for (let isMore = true; isMore;) {
        const page = await this.#receive(HIDDEN_SECONDS, 0);
        isMore = page.some(({ id }) => !seen.has(id));
        for (const each of page) seen.set(each.id, each);
      }
      return { seen: [...seen.values()], count: await this.aws.count(this.queue) };
    } finally {
      await this.#tidy([...seen.values()]).catch(() => {}); // next time; what is hidden is shown once its time is over
    }
  }

  #note(seen: readonly Seen[]): void {
    this.#count = seen.length;
    this.#sentMs = seen.length === 0 ? undefined : Math.min(...seen.map(({ sentMs }) => sentMs));
  }

  #incomplete(seen: number, count: number): Error {
    return new Error(`SQS counts ${count} messages in ${this.queue}, and gives out ${seen} of them only`);
  }

  async #receive(hiddenSeconds: number, waitSeconds: number): Promise<readonly Seen[]> {
    const { sqs } = await this.aws.open();
    const { Messages = [] } = await sqs.receiveMessage({
      QueueUrl: await this.aws.queueUrl(this.queue),
      MaxNumberOfMessages: PAGE,
      VisibilityTimeout: hiddenSeconds,
      WaitTimeSeconds: waitSeconds,
      MessageSystemAttributeNames: ['SequenceNumber', 'SentTimestamp'],
    });
    return Messages.map(parse);
  }

  /** Removes what isn't needed, and shows the rest again. @param hidden by this member */
  async #tidy(hidden: readonly Seen[]): Promise<void> {
    const kept = neededOf(hidden);
    const old = hidden.filter((each) => !kept.includes(each));
    this.#note(kept);
    const { sqs } = await this.aws.open();
    const QueueUrl = await this.aws.queueUrl(this.queue);
    for (const Entries of inPages(old)) await sqs.deleteMessageBatch({ QueueUrl, Entries });
    for (const page of inPages(kept)) {
      const Entries = page.map((entry) => ({ ...entry, VisibilityTimeout: 0 }));
      await sqs.changeMessageVisibilityBatch({ QueueUrl, Entries });
    }
  }
}

function inPages(all: readonly Seen[]): { readonly Id: string; readonly ReceiptHandle: string }[][] {
  return Array.from({ length: Math.ceil(all.length / PAGE) }, (_, page) =>
    all
      .slice(page * PAGE, (page + 1) * PAGE)
      .map(({ handle }, index) => ({ Id: String(index), ReceiptHandle: handle })),
  );
}

function together(seen: readonly Seen[]): GroupPosition | undefined {
  return seen.reduce<GroupPosition | undefined>(
    (best, { position }) =>
      best === undefined || position === undefined ? (best ?? position) : furthest(best, position),
    undefined,
  );
}

function neededOf(seen: readonly Seen[]): readonly Seen[] {
  return seen.filter((each) => !seen.some((other) => makesNeedless(other, each)));
}

/** Of two that say the same the later one stays: SQS keeps it longer. */
function makesNeedless(a: Seen, b: Seen): boolean {
  if (a === b || a.position === undefined || b.position === undefined || !saysAll(a.position, b.position)) return false;
  return !saysAll(b.position, a.position) || a.sequence > b.sequence;
}

function saysAll(a: GroupPosition, b: GroupPosition): boolean {
  if (a.log !== b.log) return Number(a.log) > Number(b.log);
  return a.next >= b.next && a.taken >= b.taken;
}

/** Of two that are of the same queue what is further; else that of the newer queue. */
export function furthest(a: GroupPosition, b: GroupPosition): GroupPosition {
  if (a.log !== b.log) return Number(a.log) > Number(b.log) ? a : b;
  const [acknowledged, taken] = [a.next >= b.next ? a : b, a.taken >= b.taken ? a : b];
  return { ...taken, next: acknowledged.next, owner: acknowledged.owner };
}

function parse({ MessageId: id = '', Body, ReceiptHandle: handle = '', Attributes = {} }: Message): Seen {
  const { SequenceNumber = '0', SentTimestamp } = Attributes;
  const sentMs = SentTimestamp === undefined ? Date.now() : Number(SentTimestamp);
  return { id, handle, sequence: BigInt(SequenceNumber), sentMs, position: positionIn(Body) };
}

function positionIn(body = ''): GroupPosition | undefined {
  try {
    const given = JSON.parse(body) as Partial<Readonly<Record<keyof GroupPosition, unknown>>>;
    const { next, taken, sequence, log, owner } = given;
    const isOne = Number.isSafeInteger(next) && Number.isSafeInteger(taken) && /^\d{1,40}$/.test(String(sequence));
    if (!isOne) return undefined;
    return {
      next: Number(next),
      taken: Number(taken),
      sequence: String(sequence),
      log: String(log),
      owner: typeof owner === 'string' ? owner : undefined,
    };
  } catch {
    return undefined;
  }
}
