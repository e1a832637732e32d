import type { Message, SQS } from '@aws-sdk/client-sqs';
import type { GroupMember } from '@waybill/messaging';
import { endsWithin, newId } from '@waybill/observability';

import type { Aws } from './aws.js';
import { toError } from './sqs-errors.js';

interface Listed {
  readonly topics: readonly string[];
  /** Counts up while it lives. */
  readonly beat: number;
}

/** The one message of a group's queue. */
interface MemberList {
  readonly version: number;
  readonly members: Readonly<Record<string, Listed>>;
}

interface Heard {
  readonly beat: number;
  readonly atMs: number;
}

export interface MembersListener {
  onChange(): void;
  /** `undefined`: it works again. */
  onTrouble(error: Error | undefined): void;
}

/** For so long the list is hidden from the others while one member has it in hand. */
const IN_HAND_SECONDS = 5;
const BEATS_PER_SESSION = 4;
const LEAVE_WITHIN_MS = 3_000;

/**
 * Who is in a group. The list is the one message of a FIFO queue: the member that has it in hand may write the next version, nobody else can meanwhile.
 * A version is its own deduplication id, so that of two who write the same one only the first does. A member that doesn't count up for a
 * session is taken off by a member that notices, by that member's clock, and only if it has been there itself all the time.
 * What members believe may differ for a moment; that no two have the same record in hand is SQS's business.
 */
export class Members {
  readonly id = newId();
  readonly #heard = new Map<string, Heard>();
  #list: MemberList = { version: -1, members: {} };
  #beat = 0;
  #lookedAtMs = Number.NEGATIVE_INFINITY;
  #timer: NodeJS.Timeout | undefined;
  #beating: Promise<void> = Promise.resolve();
  #left = false;

  constructor(
    private readonly aws: Aws,
    private readonly queue: string,
    private readonly topics: readonly string[],
    private readonly sessionTimeoutMs: number,
    private readonly listener: MembersListener,
  ) {}

  all(): readonly GroupMember[] {
    return Object.entries({ ...this.#list.members, [this.id]: { topics: this.topics } }).map(([id, { topics }]) => ({
      id,
      topics,
    }));
  }

  /** @throws what AWS says */
  async join(): Promise<void> {
    await this.aws.ensureQueue(this.queue, { MessageRetentionPeriod: '1209600' });
    await this.#turn();
    this.#beatLater();
  }

  async leave(): Promise<void> {
    if (this.#left) return;
    this.#left = true;
    clearTimeout(this.#timer);
    const last = this.#beating.then(() => this.#turn());
    await endsWithin(LEAVE_WITHIN_MS, last).catch(() => {}); // the others find out
  }

  #beatLater(): void {
    if (this.#left) return;
    this.#timer = setTimeout(() => {
      this.#beating = this.#turn()
        .then(
          () => this.listener.onTrouble(undefined),
          (error: unknown) => this.listener.onTrouble(toError(error)),
        )
        .finally(() => this.#beatLater());
    }, this.sessionTimeoutMs / BEATS_PER_SESSION);
  }

  /** Takes the list, and puts the next version in its place. */
  async #turn(): Promise<void> {
    const { sqs } = await this.aws.open();
    const QueueUrl = await this.aws.queueUrl(this.queue);
    for (;;) {
      const { Messages = [] } = await sqs.receiveMessage({
        QueueUrl,
        MaxNumberOfMessages: 1,
        VisibilityTimeout: IN_HAND_SECONDS,
        WaitTimeSeconds: 1,
      });
      const [message] = Messages;
      if (message !== undefined) {
        const found = parse(message);
        // One that was to be deleted when its writer died: all that it says is known.
        const isOld = found.version < this.#list.version;
        if (!isOld) await this.#write(sqs, QueueUrl, this.#next(found));
        await sqs.deleteMessage({ QueueUrl, ReceiptHandle: message.ReceiptHandle ?? '' });
        if (!isOld) return;
      } else if ((await this.aws.count(this.queue)) === 0) {
        // Nobody has written one yet, or it was deleted. Versions of one that is gone aren't taken again for some minutes.
        const version = Math.max(this.#list.version + 1, Date.now());
        return this.#write(sqs, QueueUrl, this.#next({ ...this.#list, version }));
      }
    }
  }

  async #write(sqs: SQS, QueueUrl: string, list: MemberList): Promise<void> {
    await sqs.sendMessage({
      QueueUrl,
      MessageBody: JSON.stringify(list),
      MessageGroupId: 'list',
      MessageDeduplicationId: String(list.version),
    });
    const before = this.#list;
    this.#list = list;
    if (!isSame(before, list)) this.listener.onChange();
  }

  #next({ version, members }: MemberList): MemberList {
    const now = performance.now();
    // A member that was away itself can't say that others were.
    if (now - this.#lookedAtMs > this.sessionTimeoutMs / 2) this.#heard.clear();
    this.#lookedAtMs = now;
    const living = Object.entries(members).filter(([id, { beat }]) => {
      if (id === this.id) return false;
      const heard = this.#heard.get(id);
      if (heard?.beat !== beat) this.#heard.set(id, { beat, atMs: now });
      return heard?.beat !== beat || now - heard.atMs <= this.sessionTimeoutMs;
    });
    this.#beat += 1;
    const own = { topics: this.topics, beat: this.#beat };
    return { version: version + 1, members: Object.fromEntries(this.#left ? living : [...living, [this.id, own]]) };
  }
}

function isSame(a: MemberList, b: MemberList): boolean {
  const ids = ({ members }: MemberList): string =>
    Object.entries(members)
      .map(([id, { topics }]) => `${id} ${topics.join(' ')}`)
      .sort()
      .join('\n');
  return ids(a) === ids(b);
}

/** What isn't ours in it counts for nothing. */
function parse({ Body = '' }: Message): MemberList {
  try {
    const { version, members } = JSON.parse(Body) as { readonly version?: unknown; readonly members?: unknown };
    if (!Number.isSafeInteger(version) || typeof members !== 'object' || members === null) throw new Error('no list');
    const listed = Object.entries<unknown>({ ...members }).flatMap(([id, member]): [string, Listed][] => {
      if (typeof member !== 'object' || member === null) return [];
      const { topics, beat } = member as { readonly topics?: unknown; readonly beat?: unknown };
      if (!Array.isArray(topics) || typeof beat !== 'number') return [];
      return [[id, { topics: topics.map(String), beat }]];
    });
    return { version: Number(version), members: Object.fromEntries(listed) };
  } catch {
    return { version: 0, members: {} };
  }
}
