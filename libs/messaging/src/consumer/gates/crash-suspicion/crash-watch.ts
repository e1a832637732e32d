import type { Lane } from '../../../broker.js';
import { identityKey } from '../../../codec/identity.js';
import type { Company, CrashMarkers } from '../../../crash-markers.js';
import { ProcessCrashed } from '../../../messaging.errors.js';
import type { HeldRunResult } from '../../../ports.js';
import type { MessageIdentity } from '../../../received-message.js';
import { suspectsAndFollowers } from '../../compose-batch.js';
import type { ConsumerObserver } from '../../consumer-observer.js';
import type { Delivery } from '../../delivery.js';
import type { AroundBatch, Gate, HeldTask, Lanes } from '../../gate.js';
import { runCountingDeaths } from './run-counting-deaths.js';
import type { Solo } from './solo.js';

/** Messages of each lane that are marked after a death: more than one process can have had in hand of it. */
const MARKED_PER_LANE = 1_000;
/** What was in hand at a death is delivered again long before this. */
const MARKING_MS = 10 * 60_000;
/** After a look that failed: a death can come with the database's, and nothing else asks for it. */
const LOOK_AGAIN_MS = 1_000;

export interface CrashWatchOptions {
  readonly group: string;
  readonly markers: CrashMarkers;
  /** Which of the messages are already dealt with. */
  readonly seen: (messages: readonly MessageIdentity[]) => Promise<readonly boolean[]>;
  readonly solo: Solo;
  /** Deaths of the process, while the message was handled alone, after which it is dead-lettered. */
  readonly crashAttempts: number;
  readonly observer: ConsumerObserver;
}

/**
 * Finds the message that kills the process, for the lanes. Quiet (nothing written, nothing read) until a process of the
 * group has died. From then on the next messages of each lane are marked while they are in hand. If the process dies
 * again, those that were marked are suspects: each is handled alone, and only then a death counts against it.
 */
export class CrashWatch implements Gate, AroundBatch {
  #queue: Lanes | undefined;
  readonly #options: CrashWatchOptions;
  #looking: Promise<void> | undefined;
  #lookingAgain: NodeJS.Timeout | undefined;
  #stopped = false;
  #lastDeathAtMs = 0;
  #lanes: readonly Lane[] = [];
  /** How many messages of each lane have been marked since the last death, those of lanes that come later too; `undefined` = no death of late. */
  #marking: { readonly marked: Map<string, number>; readonly until: number } | undefined;
  readonly #suspects = new Map<string, number>();
  readonly #marked = new Map<Delivery, Company>();
  /** To be handled, or being handled, with nothing else in hand. */
  readonly #alone = new Set<Delivery>();

  readonly solo: Solo;

  constructor(options: CrashWatchOptions) {
    this.#options = options;
    this.solo = options.solo;
  }

  attach(lanes: Lanes): void {
    this.#queue = lanes;
    this.solo.attach(lanes);
  }

  /** Held messages share nothing with the lanes but the process. */
  aroundHeld<Tx>(task: HeldTask<Tx>, next: (task: HeldTask<Tx>) => Promise<HeldRunResult>): Promise<HeldRunResult> {
    const { markers, crashAttempts } = this.#options;
    return runCountingDeaths(task, () => next(task), { markers, solo: this.solo, crashAttempts });
  }

  /** The lanes were dealt out, perhaps because a process has died. */
  onAssigned(lanes: readonly Lane[]): void {
    this.#lanes = lanes;
    this.#forgetLost();
    this.#startLook();
  }

  stop(): void {
    this.#stopped = true;
    clearTimeout(this.#lookingAgain);
  }

  #startLook(): void {
    clearTimeout(this.#lookingAgain);
    const looking = this.#look().finally(() => {
      if (this.#looking === looking) this.#looking = undefined;
    });
    this.#looking = looking;
  }

  /** Quiet: the rule. */
  get around(): AroundBatch | undefined {
    const isQuiet = !this.#looking && !this.#isMarking && this.#suspects.size === 0 && this.#marked.size === 0;
    return isQuiet ? undefined : this;
  }

  async ready(): Promise<void> {
    await this.#looking;
  }

  mayDraw(nothingIsCalled: boolean): boolean {
    if (this.#alone.size > 0) this.#announce(); // a suspect whose payload has come meanwhile is next
    return this.solo.lanesMayTake(nothingIsCalled);
  }

  /** A suspect, and what is later of its key, leaves the draw and comes back alone; one that has killed often enough, as failed. */
  admit(drawn: readonly Delivery[]): readonly Delivery[] {
    const leaving = this.#sift(drawn);
    if (leaving.size === 0) return drawn;
    this.#queue?.putBack([...leaving]);
    return drawn.filter((delivery) => !leaving.has(delivery));
  }

  #sift(taken: readonly Delivery[]): ReadonlySet<Delivery> {
    if (this.#suspects.size === 0) return new Set();
    const found = new Set(taken.filter((delivery) => this.#isNewSuspect(delivery)));
    for (const delivery of found) {
      const deaths = this.#suspects.get(identityKey(delivery.read.identity)) ?? 0;
      if (deaths >= this.#options.crashAttempts) this.#giveUp(delivery, deaths);
      else {
        delivery.alone = true;
        this.#alone.add(delivery);
      }
    }
    this.#announce();
    return suspectsAndFollowers(taken, found);
  }

  /** Marks what is about to be handled. `nothingElse`: the lanes have nothing else in hand. */
  async before(taken: readonly Delivery[], nothingElse: boolean): Promise<void> {
    await this.#orSaySo(async () => {
      const [only] = taken;
      const isOnly = taken.length === 1 && nothingElse && this.solo.lanesAreAlone;
      if (only && isOnly && this.#alone.has(only)) return this.#mark([only], 'alone');
      const marking = await this.#toMark(taken.filter(({ read }) => read.reading.kind === 'message'));
      if (marking.length === 0) return;
      if (only && isOnly && !callsOutside(only)) {
        this.#alone.add(only);
        this.#announce();
        return this.#mark(marking, 'alone');
      }
      return this.#mark(marking, 'among-others');
    });
  }

  /**
   * Takes the markers off what has come to an end or belongs to a lane that was lost. What waits for something outside is no
   * longer marked as alone: a death meanwhile isn't its fault.
   */
  async after(): Promise<void> {
    await this.#orSaySo(async () => {
      const ended = [...this.#marked.keys()].filter(({ settled, window }) => settled || window.closed);
      if (ended.length > 0) await this.#unmark(ended);
      const waiting = [...this.#marked].filter(([delivery, as]) => as === 'alone' && waitsForOutside(delivery));
      if (waiting.length === 0) return;
      await this.#mark(
        waiting.map(([delivery]) => delivery),
        'among-others',
      );
    });
    this.#forgetLost();
  }

  onRest(): void {
    this.solo.changed();
  }

  #forgetLost(): void {
    for (const delivery of this.#alone) {
      if (delivery.window.closed && !this.#marked.has(delivery)) this.#alone.delete(delivery);
    }
    this.#announce();
  }

  /** A suspect that can't be handled now, be it for hours, keeps nobody waiting. */
  #announce(): void {
    const next = [...this.#alone].some(
      (delivery) => this.#marked.get(delivery) === 'alone' || !waitsForOutside(delivery),
    );
    this.solo.lanesHaveSuspects(next);
  }

  get #isMarking(): boolean {
    const marking = this.#marking;
    if (!marking || performance.now() > marking.until) return false;
    return this.#lanes.some((lane) => isNear(lane, marking.marked));
  }

  #isNewSuspect(delivery: Delivery): boolean {
    return (
      delivery.failure === undefined &&
      !this.#alone.has(delivery) &&
      this.#suspects.has(identityKey(delivery.read.identity))
    );
  }

  async #look(): Promise<void> {
    const { markers, group } = this.#options;
    const looked = await this.#orSaySo(async () => {
      const { lastDeathAtMs, suspects } = await markers.look(group);
      this.#suspects.clear();
      for (const { identity, deaths } of suspects) this.#suspects.set(identityKey(identity), deaths);
      if (lastDeathAtMs === undefined || lastDeathAtMs <= this.#lastDeathAtMs) return;
      this.#lastDeathAtMs = lastDeathAtMs;
      this.#marking = { marked: new Map(), until: performance.now() + MARKING_MS };
      this.#options.observer.onDeath?.({ suspects: suspects.length });
    });
    if (looked || this.#stopped) return;
    this.#lookingAgain = setTimeout(() => this.#startLook(), LOOK_AGAIN_MS).unref();
  }

  /** What a process can have had in hand at its death: not handled yet, and near the front of its lane. */
  async #toMark(taken: readonly Delivery[]): Promise<readonly Delivery[]> {
    const marking = this.#marking;
    if (!marking || !this.#isMarking) return [];
    const near = taken.filter(({ record }) => isNear(record, marking.marked));
    if (near.length === 0) return [];
    const seen = await this.#options.seen(near.map(identityOf));
    const unseen = near.filter((_, index) => seen[index] !== true);
    for (const { record } of unseen) marking.marked.set(laneOf(record), (marking.marked.get(laneOf(record)) ?? 0) + 1);
    return unseen;
  }

  async #mark(deliveries: readonly Delivery[], company: Company): Promise<void> {
    for (const delivery of deliveries) this.#marked.set(delivery, company);
    await this.#options.markers.mark(this.#options.group, deliveries.map(identityOf), company);
  }

  async #unmark(deliveries: readonly Delivery[]): Promise<void> {
    await this.#options.markers.unmark(this.#options.group, deliveries.map(identityOf));
    for (const delivery of deliveries) {
      this.#marked.delete(delivery);
      this.#alone.delete(delivery);
      this.#suspects.delete(identityKey(delivery.read.identity));
    }
  }

  #giveUp(delivery: Delivery, deaths: number): void {
    const { observer } = this.#options;
    const error = new ProcessCrashed(deaths);
    const decision = { kind: 'dead-letter', reason: error.code } as const;
    delivery.failure = { error, attempts: deaths, decision };
    this.#marked.set(delivery, 'among-others'); // so that its marker goes once it is settled
    const { reading, identity } = delivery.read;
    const handler = reading.kind === 'message' ? reading.handler.definition.name : undefined;
    observer.onFailure?.({ handler, messageId: identity.id, attempts: deaths, error, decision });
  }

  /**
   * The markers' database is the handlers': while it fails, nothing is handled either. A marker too few counts nothing.
   * @returns whether it was done
   */
  async #orSaySo(work: () => Promise<void>): Promise<boolean> {
    try {
      await work();
      return true;
    } catch (error) {
      this.#options.observer.onInterrupted?.(error);
      return false;
    }
  }
}

/** Its payload isn't here yet. What can't be called leaves the lane. */
function waitsForOutside({ read }: Delivery): boolean {
  return read.reading.kind === 'by-reference';
}

function callsOutside({ read }: Delivery): boolean {
  return read.reading.kind === 'message' && read.reading.handler.definition.kind === 'outside-call';
}

function identityOf(delivery: Delivery): MessageIdentity {
  return delivery.read.identity;
}

function isNear(lane: Lane, marked: ReadonlyMap<string, number>): boolean {
  return (marked.get(laneOf(lane)) ?? 0) < MARKED_PER_LANE;
}

function laneOf({ topic, partition }: Lane): string {
  return `${topic} ${partition}`;
}
