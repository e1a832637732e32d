import type { Message } from '@aws-sdk/client-sqs';
import type { BrokerRecord, Lane, LanePosition, LostLog } from '@waybill/messaging';
import { backoffMs } from '@waybill/observability';

import type { Aws } from './aws.js';
import type { SlotLane, SqsNames } from './names.js';
import { NumberedQueue } from './numbered-queue.js';
import type { TakenRecord } from './numbered-queue.js';
import { furthest, Positions } from './positions.js';
import type { GroupPosition } from './positions.js';
import { decode } from './record-codec.js';
import { toError } from './sqs-errors.js';
import type { SqsSettings } from './sqs-options.js';

export interface LaneReaderParts {
  readonly aws: Aws;
  readonly names: SqsNames;
  readonly settings: Pick<SqsSettings, 'visibilitySeconds' | 'waitSeconds' | 'readAhead'>;
  readonly owner: string | undefined;
  readonly onRecords: (lane: Lane, records: readonly BrokerRecord[]) => void;
  readonly onLost: (position: LanePosition, log?: LostLog) => void;
  readonly onTrouble: (lane: Lane, error: Error | undefined) => void;
  /** Milliseconds since 1970. @default the system's */
  readonly clock?: () => number;
}

/** For as long as reading all of it may take. */
const PAST_HIDDEN_SECONDS = 60;
/** How often a lane that is paused looks whether its position has to be written again. */
const LOOK_AFTER_MS = 3_600_000;
const RETRY = { baseMs: 200, maxMs: 3_000 };
const NOTHING: Omit<GroupPosition, 'log' | 'owner'> = { next: 0, taken: 0, sequence: '0' };

/**
 * Reads one lane. SQS gives the first records of its queue to one member only, and no others to anybody until these are deleted. That is the lock under which
 * records are *taken over*: counted on from the position, put into the group's hand, the position moved, and only then deleted. A member that dies
 * between two of these leaves something that the next one sees, and does again with the same numbers.
 * Two members that both take the lane for theirs notice by the position that there are records that they haven't seen, and read these first. So each hands
 * over all records from its beginning, in order.
 */
export class LaneReader {
  readonly lane: Lane;
  readonly #queue: string;
  readonly #positions: Positions;
  readonly #hand: NumberedQueue;
  readonly #past: NumberedQueue;
  #position: GroupPosition = { ...NOTHING, log: '', owner: undefined };
  /** From the acknowledged position on, up to what is taken over as far as this reader knows. */
  #records: readonly BrokerRecord[] = [];
  /** Of the next record to be handed over. */
  #given = 0;
  /** Acknowledged, and maybe not written yet. */
  #done = 0;
  #moving: Promise<void> = Promise.resolve();
  #isOpen = false;
  #paused = false;
  #stopped = false;
  #running: Promise<void> = Promise.resolve();
  #wake: () => void = () => {};

  constructor(
    private readonly parts: LaneReaderParts,
    slotLane: SlotLane,
  ) {
    const { topic, partition } = slotLane;
    const { aws, names } = parts;
    this.lane = { topic, partition };
    this.#queue = names.queue(slotLane);
    this.#positions = new Positions(aws, names.position(slotLane), parts.clock);
    this.#hand = new NumberedQueue(aws, names.hand(slotLane), this.lane);
    this.#past = new NumberedQueue(aws, names.past(slotLane), this.lane, PAST_HIDDEN_SECONDS);
  }

  /** @param asked where to begin, where that isn't the group's position */
  start(asked?: string): void {
    this.#running = this.#run(asked);
  }

  /** Finds out how far the group has come. Leaves nothing of an attempt that failed halfway. @throws what AWS says */
  async #open(asked: string | undefined): Promise<void> {
    const { sqs } = await this.parts.aws.open();
    const QueueUrl = await this.parts.aws.queueUrl(this.#queue);
    const [stored, { Attributes }] = await Promise.all([
      this.#positions.open(),
      sqs.getQueueAttributes({ QueueUrl, AttributeNames: ['CreatedTimestamp'] }),
    ]);
    const log = Attributes?.CreatedTimestamp ?? '';
    const known = stored ?? { ...NOTHING, log, owner: undefined };
    // Another queue of the same name counts its records from 0; ours are counted on, as those in hand are still to be done.
    const isOther = known.log !== log;
    const now = isOther ? { ...known, log, sequence: NOTHING.sequence } : known;
    this.#records = [];
    this.#position = { ...now, taken: now.next };
    this.#given = now.next;
    this.#done = now.next;
    await this.#catchUp(now);
    if (asked !== undefined) await this.#beginAt(Number(asked));
    if (isOther) this.parts.onLost({ ...this.lane, next: String(now.taken) }, 'replaced');
    this.#give();
    this.#isOpen = true;
  }

  async #beginAt(asked: number): Promise<void> {
    const { next, taken } = this.#position;
    if (asked > taken) return;
    const again = asked < next ? await this.#past.read(asked, next) : [];
    if (again.length < next - asked) this.parts.onLost({ ...this.lane, next: String(asked) });
    this.#records = [...again, ...this.#records.filter(({ position }) => Number(position) >= asked)];
    this.#given = asked;
    this.#done = asked;
  }

  pause(): void {
    this.#paused = true;
  }

  resume(): void {
    this.#paused = false;
    this.#handOver();
    this.#wake();
  }

  /** What isn't done is handed over again: lanes were reassigned, and this one has stayed. */
  handOverAgain(): void {
    this.#given = this.#done;
    this.resume();
  }

  onDone(next: number): void {
    if (next <= this.#done || next > this.#given) return;
    this.#done = next;
    this.#records = this.#records.filter(({ position }) => Number(position) >= next);
    this.#wake();
  }

  /** Acknowledged, and not written yet. */
  get moved(): LanePosition | undefined {
    return this.#done > this.#position.next ? { ...this.lane, next: String(this.#done) } : undefined;
  }

  /** @returns what was written. @throws what AWS says */
  async commit(): Promise<LanePosition> {
    const behind = this.#done;
    const { owner } = this.parts;
    await this.#positions.write({ ...this.#position, next: behind, owner });
    this.#position = { ...this.#position, next: behind, owner };
    // What isn't moved now is with a later commit, or by the lane's next reader.
    this.#moving = this.#moving.then(() => this.#hand.move(behind, this.#past)).catch(() => {});
    return { ...this.lane, next: String(behind) };
  }

  /** A request for records that is under way gives back what it gets. @returns once it has ended */
  async stop(): Promise<void> {
    this.#stopped = true;
    this.#wake();
    await this.#running;
    await this.#moving;
  }

  async #run(asked: string | undefined): Promise<void> {
    let failures = 0;
    while (!this.#stopped) {
      try {
        if (this.#isOpen) await this.#read();
        else await this.#open(asked);
        failures = 0;
        this.parts.onTrouble(this.lane, undefined);
      } catch (error) {
        failures += 1;
        if (this.#stopped) return;
        this.parts.onTrouble(this.lane, toError(error));
        await this.#change(backoffMs(failures, RETRY));
      }
    }
  }

  async #read(): Promise<void> {
    await this.#positions.renew(this.#position);
    if (this.#paused || this.#records.length >= this.parts.settings.readAhead) await this.#change(LOOK_AFTER_MS);
    else await this.#receive();
  }

  /** Until something is done, resumed or stopped, or the time is over. */
  #change(forMs: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(() => this.#wake(), forMs);
      this.#wake = () => {
        clearTimeout(timer);
        this.#wake = () => {};
        resolve();
      };
    });
  }

  async #receive(): Promise<void> {
    const { aws, settings } = this.parts;
    const { sqs } = await aws.open();
    const QueueUrl = await aws.queueUrl(this.#queue);
    const { Messages = [] } = await sqs.receiveMessage({
      QueueUrl,
      MaxNumberOfMessages: 10,
      VisibilityTimeout: settings.visibilitySeconds,
      WaitTimeSeconds: settings.waitSeconds,
      MessageSystemAttributeNames: ['SequenceNumber', 'SentTimestamp'],
      MessageAttributeNames: ['All'],
    });
    if (Messages.length === 0) return;
    const handles = Messages.map(({ ReceiptHandle = '' }, index) => ({ Id: String(index), ReceiptHandle }));
    try {
      if (this.#stopped) throw new Error('the lane was given up');
      await this.#takeOver(Messages);
    } catch (error) {
      const Entries = handles.map((handle) => ({ ...handle, VisibilityTimeout: 0 }));
      await sqs.changeMessageVisibilityBatch({ QueueUrl, Entries }).catch(() => {}); // their time runs out
      throw error;
    }
    this.#handOver();
    // What isn't deleted comes back, and is known.
    await sqs.deleteMessageBatch({ QueueUrl, Entries: handles });
  }

  async #takeOver(messages: readonly Message[]): Promise<void> {
    const stored = await this.#positions.readAll();
    if (stored !== undefined && stored.log === this.#position.log) await this.#catchUp(stored);
    const { taken, sequence } = this.#position;
    const fresh = messages
      .filter((message) => BigInt(sequenceOf(message)) > BigInt(sequence))
      .map((message, index): TakenRecord => {
        const sentMs = Number(message.Attributes?.SentTimestamp ?? Date.now());
        return { number: taken + index, sequence: sequenceOf(message), sentMs, message };
      });
    const last = fresh.at(-1);
    if (last === undefined) return;
    await this.#hand.put(fresh);
    const moved = { ...this.#position, taken: last.number + 1, sequence: last.sequence };
    await this.#positions.write(moved);
    this.#position = furthest(this.#position, moved);
    const records = fresh.map(({ number, message, sentMs }) => decode(this.lane, number, message, sentMs));
    this.#records = [...this.#records, ...records];
  }

  /** Reads what others have taken over. */
  async #catchUp(stored: GroupPosition): Promise<void> {
    const { taken } = this.#position;
    if (stored.taken <= taken) return;
    const from = Math.max(taken, stored.next);
    const records = await this.#hand.read(from, stored.taken);
    if (records.length < stored.taken - from) this.parts.onLost({ ...this.lane, next: String(from) });
    this.#records = [...this.#records, ...records];
    this.#position = furthest(this.#position, stored);
  }

  /** Not while it is being opened: what comes first may be missing still. */
  #handOver(): void {
    if (this.#isOpen) this.#give();
  }

  #give(): void {
    if (this.#paused || this.#stopped) return;
    const records = this.#records.filter(({ position }) => Number(position) >= this.#given);
    const last = records.at(-1);
    if (last === undefined) return;
    this.#given = Number(last.position) + 1;
    this.parts.onRecords(this.lane, records);
  }
}

function sequenceOf({ Attributes }: Message): string {
  return Attributes?.SequenceNumber ?? '0';
}
