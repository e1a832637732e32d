import { CallLimit } from './call-limit.js';
import { simulate } from './simulation.js';

describe('the limit on calls of a handler', () => {
  let nowMs: number;
  let limit: CallLimit;
  beforeEach(() => {
    nowMs = 0;
    limit = new CallLimit(100, () => nowMs);
  });

  const call = (key: string, outcome: 'succeeded' | 'failed', attempt = 1): void => {
    const running = limit.start(key, limit.classOf(key, attempt));
    nowMs += 1;
    limit[outcome](running);
  };
  const failKeys = (count: number, prefix = 'k'): void => {
    for (let n = 0; n < count; n += 1) call(`${prefix}${n}`, 'failed');
  };

  it('F62: takes no few keys for an outage, however often they fail', () => {
    for (let round = 0; round < 50; round += 1) failKeys(4);
    expect(limit.isDown).toBe(false);
  });

  it('F62: takes many keys that fail, none succeeding, for an outage, and one success for its end', () => {
    failKeys(5);
    expect(limit.isDown).toBe(true);
    call('k1', 'succeeded');
    expect(limit.isDown).toBe(false);
  });

  it('F62: needs more keys for an outage the more poison it has seen', () => {
    for (let round = 0; round < 5; round += 1) {
      failKeys(20, `poison${round}-`);
      call('good', 'succeeded');
      failKeys(20, `poison${round}-`);
      call('good', 'succeeded');
    }
    failKeys(20);
    expect(limit.isDown).toBe(false);
    failKeys(100);
    expect(limit.isDown).toBe(true);
  });

  it('F62: is not made doubtful by an outage whose keys succeed afterwards', () => {
    for (let round = 0; round < 5; round += 1) {
      failKeys(50);
      for (let n = 0; n < 50; n += 1) call(`k${n}`, 'succeeded');
    }
    failKeys(5);
    expect(limit.isDown).toBe(true);
  });

  it('F62: sinks to one call of each class, at most a second apart, and never below', () => {
    failKeys(500);
    expect([limit.limit, limit.room('fresh')]).toEqual([1, 0]);
    nowMs += 1_000;
    expect([limit.room('fresh'), limit.room('failed')]).toEqual([1, 1]);
    limit.start('hanging', 'fresh');
    expect(limit.room('fresh')).toBe(0);
    nowMs += 1_000;
    expect(limit.room('fresh')).toBe(1);
  });

  it('F62: rises with each success', () => {
    failKeys(500);
    for (let n = 0; n < 7; n += 1) call(`k${n}`, 'succeeded');
    expect(limit.limit).toBe(100);
    expect(limit.room('fresh')).toBe(100);
  });

  it('F62: leaves half of the calls to fresh keys while failed ones hang', () => {
    for (let n = 0; limit.room('failed') > 0; n += 1) limit.start(`k${n}`, 'failed');
    expect(limit.room('fresh')).toBe(50);
  });

  it('F62: puts off one key after the other, none for longer than a minute', () => {
    failKeys(10);
    const delays = Array.from({ length: 1_000 }, () => limit.putOffMs('fresh'));
    expect((delays[1] ?? 0) - (delays[0] ?? 0)).toBe(250);
    expect(Math.max(...delays)).toBeLessThanOrEqual(60_000);
  });
});

/** Orders, 20 a second for 60 s of virtual time; calls of poison time out. */
describe('F62: with the dependency up', () => {
  const clean = simulate({ poisonShare: 0, timeoutMs: 5_000 });

  it.each([
    [0.1, 5_000],
    [0.5, 5_000],
    [0.9, 5_000],
    [0.9, 5],
  ])(
    '%d of all keys poison, timing out after %d ms: good keys, undoings and poison all end',
    (poisonShare, timeoutMs) => {
      for (const seed of [1, 2, 3]) {
        const { good, undoings, deadPoison, poison } = simulate({ poisonShare, timeoutMs, seed });
        expect(good.unended).toBe(0);
        expect(good.p50).toBeLessThanOrEqual(clean.good.p50 * 3);
        expect(good.p99).toBeLessThanOrEqual(clean.good.p99 + 10_000);
        expect(undoings.max).toBeLessThanOrEqual(clean.good.p50 * 3);
        expect(deadPoison).toBe(poison);
      }
    },
  );

  it('calls that hang for 30 s keep no good key waiting', () => {
    const { good } = simulate({ poisonShare: 0.9, timeoutMs: 30_000, perSecond: 10 });
    expect([good.unended, good.p99 <= clean.good.p99 + 10_000]).toEqual([0, true]);
  });

  it('a lone poison message ends within its attempts', () => {
    const { deadPoison, mostPoisonCalls } = simulate({
      poisonShare: 1,
      timeoutMs: 5_000,
      perSecond: 1,
      lastsMs: 1_000,
    });
    expect([deadPoison, mostPoisonCalls]).toEqual([1, 8]);
  });

  it('thirty poison orders before the first good one hold up nobody', () => {
    const { good } = simulate({ poisonShare: 0, timeoutMs: 5_000, poisonFirst: 30 });
    expect(good.unended).toBe(0);
    expect(good.p99).toBeLessThanOrEqual(clean.good.p99 + 10_000);
  });
});

describe('F62: with the dependency down', () => {
  it.each([
    [0, 5],
    [0, 5_000],
    [0.5, 5],
  ])(
    'for two minutes (%d poison, calls fail after %d ms), no good key dies, and 5 s later all flow',
    (poisonShare, timeoutMs) => {
      const outage = { fromMs: 10_000, toMs: 130_000 };
      const { good, deadGood, callsWhileDown } = simulate({ poisonShare, timeoutMs, outage, lastsMs: 150_000 });
      expect([deadGood, good.unended]).toEqual([0, 0]);
      expect(good.worstAfter(outage.toMs + 5_000)).toBeLessThanOrEqual(200);
      expect(callsWhileDown).toBeLessThan(1_000);
    },
  );
});
