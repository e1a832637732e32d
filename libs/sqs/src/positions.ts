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

interface Seen {
  readonly position: GroupPosition;
  readonly handle: string;
}

/** Old ones are removed several at a time: a request gets ten messages at most. */
const REMOVE_EVERY = 5;
const HIDDEN_SECONDS = 5;
/** For as long as somebody may hide them, and a little more. */
const PATIENCE_MS = HIDDEN_SECONDS * 1_000 + 2_000;
const LOOK_AGAIN_MS = 50;

/**
 * The position of one group on one lane: what the messages of a small queue say together, each of its parts as far as the furthest says. So a
 * position that somebody writes who has lost the lane takes nothing back.
 */
export class Positions {
  #written = 0;
  #writing: Promise<void> = Promise.resolve();

  constructor(
    private readonly aws: Aws,
    private readonly queue: string,
  ) {}

  /** For lag: may miss what is just being written. @returns `undefined` where none was written, or SQS has deleted it. @throws what AWS says */
  async read(): Promise<GroupPosition | undefined> {
    return together(await this.#look(0, 1));
  }

  /** @returns as `read` does, and misses none. @throws what AWS says */
  async readAll(): Promise<GroupPosition | undefined> {
    return together(await this.#look(0, await this.aws.count(this.queue)));
  }

  /** One after the other. @throws what AWS says */
  async write(position: GroupPosition): Promise<void> {
    const writing = this.#writing.then(() => this.#write(position));
    this.#writing = writing.catch(() => {}); // who has asked for it hears of it
    await writing;
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
    this.#written += 1;
    if (this.#written % REMOVE_EVERY === 0) await this.#removeOld().catch(() => {}); // next time
  }

  /** Those of which another one says all, and maybe more. */
  async #removeOld(): Promise<void> {
    const seen = await this.#look(HIDDEN_SECONDS, 1);
    const kept: Seen[] = [];
    const old: Seen[] = [];
    for (const each of seen.toSorted(
      (a, b) => b.position.next - a.position.next || b.position.taken - a.position.taken,
    )) {
      (kept.some((other) => saysAll(other.position, each.position)) ? old : kept).push(each);
    }
    const { sqs } = await this.aws.open();
    const QueueUrl = await this.aws.queueUrl(this.queue);
    const entries = (of: readonly Seen[]) =>
      of.map(({ handle }, index) => ({ Id: String(index), ReceiptHandle: handle }));
    if (kept.length > 0) {
      const Entries = entries(kept).map((entry) => ({ ...entry, VisibilityTimeout: 0 }));
      await sqs.changeMessageVisibilityBatch({ QueueUrl, Entries });
    }
    if (old.length > 0) await sqs.deleteMessageBatch({ QueueUrl, Entries: entries(old) });
  }

  /** A member that removes old ones hides all for a moment. */
  async #look(hiddenSeconds: number, atLeast: number): Promise<readonly Seen[]> {
    if (atLeast === 0) return [];
    const { sqs } = await this.aws.open();
    const QueueUrl = await this.aws.queueUrl(this.queue);
    const endsAt = performance.now() + PATIENCE_MS;
    for (;;) {
      const { Messages = [] } = await sqs.receiveMessage({
        QueueUrl,
        MaxNumberOfMessages: 10,
        VisibilityTimeout: hiddenSeconds,
        WaitTimeSeconds: 0,
      });
      const seen = Messages.flatMap(parse);
      if (seen.length >= Math.min(atLeast, 10) || performance.now() > endsAt) return seen;
      const count = await this.aws.count(this.queue);
      if (count <= seen.length) return seen;
      await sleep(LOOK_AGAIN_MS);
    }
  }
}

function together(seen: readonly Seen[]): GroupPosition | undefined {
  return seen.reduce<GroupPosition | undefined>(
    (best, { position }) => (best === undefined ? position : furthest(best, position)),
    undefined,
  );
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

/** What isn't one is passed over. */
function parse({ Body = '', ReceiptHandle: handle = '' }: Message): readonly Seen[] {
  try {
    const given = JSON.parse(Body) as Partial<Readonly<Record<keyof GroupPosition, unknown>>>;
    const { next, taken, sequence, log, owner } = given;
    if (!Number.isSafeInteger(next) || !Number.isSafeInteger(taken) || !/^\d{1,40}$/.test(String(sequence))) return [];
    const position = {
      next: Number(next),
      taken: Number(taken),
      sequence: String(sequence),
      log: String(log),
      owner: typeof owner === 'string' ? owner : undefined,
    };
    return [{ position, handle }];
  } catch {
    return [];
  }
}
