import type { ReplayPage } from '../api/dead-letters.js';
import { nextPage } from './pace.js';
import { add, known, NOTHING, type Tally, without } from './tally.js';
import { canaryLeft, canaryVerdict, tooManyFailures } from './verdict.js';

/** The replay of one service, as its admin API offers it. */
export interface ReplayPort {
  /** Takes and runs at most `limit` letters. */
  page(limit: number): Promise<Omit<ReplayPage, 'run'>>;
  /** Of the whole run, also what an interrupted call did. */
  standing(): Promise<Tally>;
}

export interface ReplayRules {
  readonly limit: number;
  readonly ratePerSecond: number | undefined;
  readonly abortOnFailuresPercent: number;
  /** How long to wait for outcomes, and for letters that can't run yet, in milliseconds. */
  readonly patienceMs: number;
}

export interface ReplayWatch {
  /** Set by Ctrl-C: the page in hand is finished, no other is begun. */
  readonly interrupted: AbortSignal;
  now(): number;
  /** Ends early when interrupted. */
  sleep(ms: number): Promise<void>;
  progressed(tally: Tally, remaining: number): void;
  failed(failures: ReplayPage['failures']): void;
}

/**
 * done: nothing that matches is left, or the limit is reached · stuck: letters are left and none of them can run · the others:
 * stopped on purpose, with letters left.
 */
export type ReplayEnd = 'canary-failed' | 'canary-undecided' | 'done' | 'interrupted' | 'stuck' | 'too-many-failures';

export interface StageResult {
  readonly end: ReplayEnd;
  /** Of this stage alone. */
  readonly tally: Tally;
  /** Undefined where nothing was asked. */
  readonly remaining: number | undefined;
}

const IDLE_MS = 1000;
/** Where nothing is pending, only somebody else's work could set a letter free. */
const NOBODY_AT_WORK_MS = 2000;

/** Replays page by page until an end is reached. What the calls don't know (pending) is asked of the run. */
export async function replay(port: ReplayPort, rules: ReplayRules, watch: ReplayWatch): Promise<StageResult> {
  const before = await port.standing();
  const startedAtMs = watch.now();
  let tally = NOTHING;
  let sent = 0;
  let remaining: number | undefined;
  let idleSinceMs: number | undefined;
  const ended = (end: ReplayEnd): StageResult => ({ end, tally, remaining });

  while (sent < rules.limit) {
    const pace = nextPage({ ...rules, sent, elapsedMs: watch.now() - startedAtMs, left: rules.limit - sent });
    if (pace.delayMs > 0) await watch.sleep(pace.delayMs);
    if (watch.interrupted.aborted) return ended('interrupted');

    const page = await port.page(pace.limit);
    const unsettled = tally.pending > 0 || page.pending > 0;
    sent += page.taken;
    tally = unsettled ? without(await port.standing(), before) : add(tally, page);
    remaining = page.remaining;
    watch.progressed(tally, page.remaining);
    if (page.failures.length > 0) watch.failed(page.failures);

    if (tooManyFailures(tally, rules.abortOnFailuresPercent)) return ended('too-many-failures');
    if (remaining === 0) return ended('done');
    if (page.taken > 0) {
      idleSinceMs = undefined;
      continue;
    }
    idleSinceMs ??= watch.now();
    const patienceMs = tally.pending > 0 ? rules.patienceMs : Math.min(NOBODY_AT_WORK_MS, rules.patienceMs);
    if (watch.now() - idleSinceMs >= patienceMs) return ended('stuck');
    await watch.sleep(IDLE_MS);
  }
  return ended('done');
}

/** Replays the canary, and waits for its outcome. */
export async function replayCanary(
  port: ReplayPort,
  canary: number,
  rules: ReplayRules,
  watch: ReplayWatch,
): Promise<StageResult> {
  const limit = Math.min(rules.limit, canaryLeft(canary, await port.standing()));
  const before = await port.standing();
  const stage = await replay(port, { ...rules, limit, abortOnFailuresPercent: 0 }, watch);
  if (stage.end === 'interrupted' || stage.end === 'stuck') return stage;
  const tally = without(await settle(port, rules.patienceMs, watch), before);
  const verdict = canaryVerdict(tally);
  if (verdict === 'passed') return { ...stage, tally };
  if (verdict === 'undecided' && watch.interrupted.aborted) return { ...stage, tally, end: 'interrupted' };
  return { ...stage, tally, end: verdict === 'failed' ? 'canary-failed' : 'canary-undecided' };
}

/** The whole run's tally once nothing is pending any more, or patience is over. */
export async function settle(
  port: Pick<ReplayPort, 'standing'>,
  patienceMs: number,
  watch: Pick<ReplayWatch, 'interrupted' | 'now' | 'sleep'>,
): Promise<Tally> {
  const startedAtMs = watch.now();
  let standing = await port.standing();
  let knownBefore = known(standing);
  let lastChangeMs = startedAtMs;
  while (standing.pending > 0 && !watch.interrupted.aborted && watch.now() - lastChangeMs < patienceMs) {
    await watch.sleep(IDLE_MS / 4);
    standing = await port.standing();
    if (known(standing) !== knownBefore) {
      knownBefore = known(standing);
      lastChangeMs = watch.now();
    }
  }
  return standing;
}
