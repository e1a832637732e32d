import { replay, replayCanary, type ReplayPort, type ReplayRules, type ReplayWatch, settle } from './replay-service.js';
import { NOTHING, type Tally } from './tally.js';

type Outcome = 'blocked' | 'fails' | 'later' | 'runs';

/** A service with letters that behave as told, one after the other; what comes `later` is known after `lateMs`. */
class Service implements ReplayPort {
  readonly pages: { limit: number; atMs: number }[] = [];
  readonly #letters: Outcome[];
  #tally: Tally;
  #due: number[] = [];

  constructor(
    letters: readonly Outcome[],
    private readonly clock: { ms: number },
    private readonly lateMs = 3000,
    earlier: Tally = NOTHING,
  ) {
    this.#letters = [...letters];
    this.#tally = earlier;
  }

  async page(limit: number) {
    this.pages.push({ limit, atMs: this.clock.ms });
    this.clock.ms += 100;
    const runnable = this.#letters.findIndex((letter) => letter === 'blocked');
    const taken = this.#letters.splice(0, Math.min(limit, runnable === -1 ? limit : runnable));
    const count = (outcome: Outcome) => taken.filter((letter) => letter === outcome).length;
    const page = { replayed: count('runs'), skipped: 0, failed: count('fails'), pending: count('later') };
    this.#due.push(...Array.from({ length: page.pending }, () => this.clock.ms + this.lateMs));
    const { replayed, failed } = this.#tally;
    this.#tally = { ...this.#tally, replayed: replayed + page.replayed, failed: failed + page.failed };
    const failures = Array.from({ length: page.failed }, (_, index) => ({
      id: `${index}`,
      error: 'E',
      fingerprint: 'E',
    }));
    return { ...page, taken: taken.length, failures, remaining: this.#letters.length };
  }

  async standing(): Promise<Tally> {
    const late = this.#due.filter((ms) => ms <= this.clock.ms).length;
    return { ...this.#tally, replayed: this.#tally.replayed + late, pending: this.#due.length - late };
  }
}

const many = (count: number, outcome: Outcome): Outcome[] => Array.from({ length: count }, () => outcome);

const RULES: ReplayRules = {
  limit: Infinity,
  ratePerSecond: undefined,
  abortOnFailuresPercent: 10,
  patienceMs: 60_000,
};

function start(letters: readonly Outcome[], { lateMs = 3000, earlier = NOTHING } = {}) {
  const clock = { ms: 0 };
  const interrupt = new AbortController();
  const told: [Tally, number][] = [];
  const watch: ReplayWatch = {
    interrupted: interrupt.signal,
    now: () => clock.ms,
    sleep: async (ms) => void (clock.ms += ms),
    progressed: (tally, remaining) => told.push([tally, remaining]),
    failed: () => undefined,
  };
  return { service: new Service(letters, clock, lateMs, earlier), watch, clock, interrupt, told };
}

describe('a replay', () => {
  it('continues until nothing is left, and its sum is what happened', async () => {
    const { service, watch, told } = start([...many(240, 'runs'), ...many(10, 'fails')]);
    const result = await replay(service, RULES, watch);
    expect(result).toEqual({ end: 'done', tally: { ...NOTHING, replayed: 240, failed: 10 }, remaining: 0 });
    expect(told.map(([, remaining]) => remaining)).toEqual([150, 50, 0]);
  });

  it('takes no more than its limit', async () => {
    const { service, watch } = start(many(500, 'runs'));
    const result = await replay(service, { ...RULES, limit: 130 }, watch);
    expect(result).toMatchObject({ end: 'done', tally: { replayed: 130 }, remaining: 370 });
  });

  it('stops after the page in which too many have failed', async () => {
    const { service, watch } = start([...many(100, 'runs'), ...many(400, 'fails')]);
    const result = await replay(service, RULES, watch);
    expect(result).toMatchObject({ end: 'too-many-failures', tally: { replayed: 100, failed: 100 }, remaining: 300 });
    expect(service.pages).toHaveLength(2);
  });

  it('does not hold the failures of an earlier part of the run against the resumed one', async () => {
    const { service, watch } = start([...many(50, 'runs'), 'later'], { earlier: { ...NOTHING, failed: 900 } });
    expect(await replay(service, RULES, watch)).toMatchObject({
      end: 'done',
      tally: { replayed: 50, failed: 0, pending: 1 },
    });
  });

  it('finishes the page in hand when interrupted, and begins no other', async () => {
    const { service, watch, interrupt } = start(many(500, 'runs'));
    const result = await replay(service, RULES, { ...watch, progressed: () => interrupt.abort() });
    expect(result).toEqual({ end: 'interrupted', tally: { ...NOTHING, replayed: 100 }, remaining: 400 });
  });

  it('keeps to its rate', async () => {
    const { service, watch, clock } = start(many(50, 'runs'));
    await replay(service, { ...RULES, ratePerSecond: 10 }, watch);
    expect(service.pages.map(({ limit }) => limit)).toEqual([10, 10, 10, 10, 10]);
    expect(clock.ms).toBeGreaterThanOrEqual(4000);
  });

  it('ends soon when letters are left that nobody works on and none can run', async () => {
    const { service, watch, clock } = start([...many(5, 'runs'), ...many(3, 'blocked')]);
    const result = await replay(service, RULES, watch);
    expect(result).toMatchObject({ end: 'stuck', tally: { replayed: 5 }, remaining: 3 });
    expect(clock.ms).toBeLessThan(5000);
  });

  it('waits for letters behind one that is still at work, but not for ever', async () => {
    const { service, watch, clock } = start(['later', ...many(3, 'blocked')], { lateMs: 1e9 });
    const result = await replay(service, RULES, watch);
    expect(result).toMatchObject({ end: 'stuck', tally: { pending: 1 }, remaining: 3 });
    expect(clock.ms).toBeGreaterThanOrEqual(RULES.patienceMs);
    expect(service.pages.length).toBeLessThan(70); // and does not spin meanwhile
  });
});

describe('a canary', () => {
  it('tries that many letters and no more, and waits for outcomes that are late', async () => {
    const { service, watch, clock } = start([...many(9, 'runs'), 'later', ...many(100, 'runs')]);
    const result = await replayCanary(service, 10, RULES, watch);
    expect(result).toMatchObject({ end: 'done', tally: { replayed: 10, pending: 0 }, remaining: 100 });
    expect(clock.ms).toBeGreaterThanOrEqual(3000);
  });

  it('ends the replay when one of it fails', async () => {
    const { service, watch } = start([...many(9, 'runs'), 'fails', ...many(100, 'runs')]);
    expect(await replayCanary(service, 10, RULES, watch)).toMatchObject({
      end: 'canary-failed',
      tally: { replayed: 9, failed: 1 },
      remaining: 100,
    });
    expect(service.pages).toHaveLength(1);
  });

  it('ends the replay when an outcome does not come', async () => {
    const { service, watch } = start([...many(9, 'runs'), 'later', ...many(9, 'runs')], { lateMs: 1e9 });
    expect(await replayCanary(service, 10, RULES, watch)).toMatchObject({
      end: 'canary-undecided',
      tally: { pending: 1 },
    });
  });

  it('counts what the run has tried already', async () => {
    const { service, watch } = start(many(100, 'runs'), { earlier: { ...NOTHING, replayed: 8 } });
    expect(await replayCanary(service, 10, RULES, watch)).toMatchObject({ end: 'done', tally: { replayed: 2 } });
  });
});

describe('the outcome of a run', () => {
  it('is waited for as long as outcomes come, and no longer than patience after the last', async () => {
    const { service, watch, clock } = start(many(3, 'later'));
    await service.page(3);
    expect(await settle(service, 60_000, watch)).toEqual({ ...NOTHING, replayed: 3 });
    const never = start(many(3, 'later'), { lateMs: 1e9 });
    await never.service.page(3);
    expect(await settle(never.service, 60_000, never.watch)).toEqual({ ...NOTHING, pending: 3 });
    expect(never.clock.ms).toBeLessThan(70_000);
    expect(clock.ms).toBeLessThan(10_000);
  });
});
