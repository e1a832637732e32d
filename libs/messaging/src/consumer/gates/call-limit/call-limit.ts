/** Keys that were never called or whose last call succeeded, and keys whose last call failed: each class has its own share. */
export type CallClass = 'fresh' | 'failed';

/** One call in flight. */
export interface RunningCall {
  readonly key: string;
  readonly callClass: CallClass;
  readonly startedAtMs: number;
}

/** Most young calls at once. */
const MOST_YOUNG = 256;
/** A call that takes longer than this no longer keeps others from starting: it hangs by itself, or everything does. */
const YOUNG_MS = 1_000;
/** Fewest distinct keys that have to fail, none succeeding in between, before the dependency is taken for down. */
const FEWEST_KEYS = 5;
const MOST_KEYS = 100;
/** The accepted probability that this many poison messages in a row are taken for an outage. */
const DOUBT = 0.001;
/** Weight of one key in the share of poison: remembers the last 50 or so. */
const WEIGHT = 0.02;
/** What a key's first failure leaves of the limit while the dependency is up. */
const CUT = 0.98;
const MOST_MARKS = 10_000;
/** Longest pause between two probes; with {@link YOUNG_MS} it bounds how late a return is noticed. */
const LONGEST_PAUSE_MS = 1_000;
const PAUSE_PER_FAILURE_MS = 2;
/** Between two keys that are put off, and the furthest that one is put off. */
const SPACING_MS = { down: 250, up: 10 };
const FURTHEST_MS = 60_000;

/**
 * How many calls of one handler may be in flight, and whether what they call is down. It learns from the outcome of each call,
 * by key: one message that fails again and again says nothing of the dependency.
 *
 * Up: the limit is high; failed keys may use half of it. A success doubles it, a key's first failure takes a fiftieth off. Failures
 * count against their messages.
 * Up → down: as many distinct keys have failed, with no success in between, as can't be chance: 5, and more where poison has been
 * seen, i.e. keys that failed again after others had succeeded (at nine tenths of poison, 66).
 * Down: no failure counts. The limit halves with each round of calls, down to one for each class; after each failure, the class
 * pauses for longer, at most a second. Calls that hang don't keep the next probe from starting.
 * Down → up: the first success. Whatever was put off is to be called at once.
 */
export class CallLimit {
  readonly #max: number;
  #limit: number;
  #cutAtMs = Number.NEGATIVE_INFINITY;
  /** Of each class, calls that are young; in the order of their start. */
  readonly #young = { fresh: new Set<RunningCall>(), failed: new Set<RunningCall>() };
  /** Keys that have failed since the last success, but for those known as poison: what they say isn't news. */
  readonly #failing = new Set<string>();
  /** Of keys that have failed: how many calls had succeeded by then, and whether it has been taken for poison. */
  readonly #marks = new Map<string, { readonly successes: number; readonly isPoison: boolean }>();
  #successes = 0;
  #failuresInRow = 0;
  #poisonShare = 0;
  readonly #probeAtMs = { fresh: 0, failed: 0 };
  readonly #putOffUntilMs = { fresh: 0, failed: 0 };

  constructor(
    max: number,
    private readonly now: () => number = () => performance.now(),
    private readonly random: () => number = Math.random,
  ) {
    this.#max = Math.min(max, MOST_YOUNG);
    this.#limit = this.#max;
  }

  get isDown(): boolean {
    return this.#failing.size >= this.#keysToBeDown;
  }

  /** Young calls that may be in flight. */
  get limit(): number {
    return Math.floor(this.#limit);
  }

  /** `attempt`: which one of the message this will be. */
  classOf(key: string, attempt: number): CallClass {
    return attempt > 1 || this.#marks.has(key) ? 'failed' : 'fresh';
  }

  /** How many calls of the class may start now. */
  room(callClass: CallClass): number {
    this.#age();
    const { fresh, failed } = this.#young;
    const half = Math.max(1, Math.floor(this.limit / 2));
    if (this.isDown) {
      return this.now() < this.#probeAtMs[callClass] ? 0 : Math.max(0, half - this.#young[callClass].size);
    }
    const free = Math.max(0, this.limit - fresh.size - failed.size);
    return callClass === 'fresh' ? free : Math.min(free, Math.max(0, half - failed.size));
  }

  start(key: string, callClass: CallClass): RunningCall {
    const call = { key, callClass, startedAtMs: this.now() };
    this.#young[callClass].add(call);
    return call;
  }

  /** It came to nothing that says anything about the dependency. */
  ended(call: RunningCall): void {
    this.#young[call.callClass].delete(call);
  }

  succeeded(call: RunningCall): void {
    this.ended(call);
    this.#marks.delete(call.key);
    this.#successes += 1;
    this.#failuresInRow = 0;
    this.#poisonShare *= 1 - WEIGHT;
    if (this.isDown) {
      this.#probeAtMs.fresh = this.#probeAtMs.failed = 0;
      this.#putOffUntilMs.fresh = this.#putOffUntilMs.failed = 0;
    }
    this.#failing.clear();
    this.#limit = Math.min(this.#max, this.#limit * 2);
  }

  /** Whether it counts against the message is what {@link isDown} says afterwards. */
  failed(call: RunningCall): void {
    this.ended(call);
    const isFirst = !this.#marks.has(call.key);
    this.#mark(call.key);
    this.#failuresInRow += 1;
    if (!this.#isPoison(call.key) && this.#failing.size < MOST_KEYS) this.#failing.add(call.key);
    if (!this.isDown) {
      if (isFirst) this.#limit = Math.max(1, this.#limit * CUT);
      return;
    }
    if (call.startedAtMs >= this.#cutAtMs) {
      this.#limit = Math.max(1, Math.floor(this.#limit / 2));
      this.#cutAtMs = this.now();
    }
    this.#probeAtMs[call.callClass] = this.now() + this.#pauseMs;
  }

  /** In how many milliseconds a key that can't be called now is to come again: one after the other. */
  putOffMs(callClass: CallClass): number {
    const now = this.now();
    const spacing = this.isDown ? SPACING_MS.down : SPACING_MS.up;
    const next = Math.max(now + Math.max(this.#pauseMs, spacing), this.#putOffUntilMs[callClass] + spacing);
    if (next - now > FURTHEST_MS) return Math.round(FURTHEST_MS * (1 - this.random() / 2));
    this.#putOffUntilMs[callClass] = next;
    return Math.round(next - now);
  }

  get #pauseMs(): number {
    return Math.min(LONGEST_PAUSE_MS, PAUSE_PER_FAILURE_MS * this.#failuresInRow);
  }

  get #keysToBeDown(): number {
    const byChance = Math.ceil(Math.log(DOUBT) / Math.log(this.#poisonShare));
    return Math.min(Math.max(FEWEST_KEYS, byChance), MOST_KEYS);
  }

  #isPoison(key: string): boolean {
    return this.#marks.get(key)?.isPoison === true;
  }

  /** A key that fails again although others have succeeded since is poison: each is counted once. */
  #mark(key: string): void {
    const before = this.#marks.get(key);
    const wasPoison = before?.isPoison ?? false;
    const isPoison = wasPoison || (before !== undefined && this.#successes > before.successes);
    if (isPoison && !wasPoison) this.#poisonShare += WEIGHT * (1 - this.#poisonShare);
    this.#marks.delete(key); // to the end of the order
    this.#marks.set(key, { successes: this.#successes, isPoison });
    const [oldest] = this.#marks.keys();
    if (this.#marks.size > MOST_MARKS && oldest !== undefined) this.#marks.delete(oldest);
  }

  #age(): void {
    for (const young of Object.values(this.#young)) {
      for (const call of young) {
        if (this.now() - call.startedAtMs < YOUNG_MS) break;
        young.delete(call);
      }
    }
  }
}
