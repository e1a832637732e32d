import {
  judgeBrokerDeadLetters,
  judgeClock,
  judgeDeadLetters,
  judgeDegraded,
  judgeLag,
  judgeNode,
  judgeOutbox,
  judgeParkedKeys,
  judgeProjections,
  judgeRefused,
  judgeSagas,
} from './judge.js';

const NOW = Date.parse('2026-11-25T12:00:00Z');
const ago = (seconds: number): string => new Date(NOW - seconds * 1000).toISOString();
const what = (findings: readonly { what: string }[]): string => findings.map((finding) => finding.what).join();
import { REFUSED_MESSAGE } from '../testing/refused-message.js';

describe('what the doctor finds wrong', () => {
  it('any dead letter, with its age', () => {
    const group = { letters: 2, keys: 1, firstAt: ago(7200), lastAt: ago(60) };
    expect(judgeDeadLetters('payment', [], NOW)).toEqual([]);
    expect(what(judgeDeadLetters('payment', [{ ...group, letters: 10 }, group], NOW))).toBe(
      '12 dead letters in 2 groups, the oldest 2h old',
    );
  });

  it('keys that are parked for five minutes, not those that are just retried', () => {
    const key = (seconds: number, state: string) => ({
      topic: 't',
      key: 'k',
      parkedAt: ago(seconds),
      messages: 3,
      head: { id: '1', state },
    });
    expect(judgeParkedKeys('payment', [key(299, 'retrying')], NOW)).toEqual([]);
    const [finding] = judgeParkedKeys('payment', [key(300, 'dead'), key(10, 'dead')], NOW);
    expect(finding).toMatchObject({ what: '1 key parked for up to 5m, 3 messages in all' });
    expect(finding?.todo).toContain('behind a dead letter');
    expect(judgeParkedKeys('payment', [key(300, 'retrying')], NOW)[0]?.todo).toContain('retried');
  });

  it('an outbox whose oldest row is 30 s old, with its topics', () => {
    const topic = (name: string, oldestAgeSeconds: number) => ({
      topic: name,
      unpublished: 5,
      oldestAgeSeconds,
      leases: [],
    });
    const outbox = (age: number) => ({
      unpublished: 10,
      oldestAgeSeconds: age,
      topics: [topic('a', age), topic('b', 1)],
      refused: [],
    });
    expect(judgeOutbox('order', outbox(29))).toEqual([]);
    expect(what(judgeOutbox('order', outbox(30)))).toBe('10 messages unpublished, the oldest for 30s (a)');
    expect(judgeOutbox('order', { ...outbox(99), unpublished: 0 })).toEqual([]);
  });

  it('a message that the broker refuses for good, with its key and the reason', () => {
    const outbox = { unpublished: 0, topics: [], refused: [REFUSED_MESSAGE] };
    expect(judgeRefused('order', { ...outbox, refused: [] })).toEqual([]);
    expect(what(judgeRefused('order', outbox))).toContain(`${REFUSED_MESSAGE.id} with key o-1: The request`);
  });

  it('a lag of a minute, not a burst of messages', () => {
    const topic = (lagSeconds: number) => ({ topic: 't', partitions: 6, lagMessages: 1e6, lagSeconds });
    expect(judgeLag('order', [topic(59)])).toEqual([]);
    expect(what(judgeLag('order', [topic(60)]))).toBe('lag: t 1,000,000 messages, 1m');
    expect(judgeLag('order', [{ topic: 't', partitions: 6 }])).toEqual([]);
  });

  it('F85: what the broker itself has given up delivering, and where it lies', () => {
    const topic = { topic: 't', partitions: 6 };
    const withLetters = (records: number) => ({ ...topic, brokerDeadLetters: [{ queue: 't-net', records }] });
    expect(judgeBrokerDeadLetters('order', [topic, withLetters(0)])).toEqual([]);
    expect(what(judgeBrokerDeadLetters('order', [topic, withLetters(12)]))).toBe(
      'the broker itself has given up 12 records of t in t-net',
    );
  });

  it('sagas whose compensation failed', () => {
    expect(judgeSagas('order', [], false)).toEqual([]);
    const saga = { orderId: 'o', status: 'COMPENSATION_FAILED' };
    expect(what(judgeSagas('order', [saga], false))).toBe('1 saga in COMPENSATION_FAILED');
    expect(what(judgeSagas('order', [saga, saga], true))).toBe('more than 2 sagas in COMPENSATION_FAILED');
  });

  it('a projection that stands still, with the reason, that older code built, or whose rebuild failed', () => {
    const fine = { name: 'daily-sales', lifecycle: 'async', version: 2, builtVersion: 2, lagEvents: 5, lagSeconds: 59 };
    expect(judgeProjections('order', [fine])).toEqual([]);
    expect(what(judgeProjections('order', [{ ...fine, lagSeconds: 60 }]))).toBe(
      'projection daily-sales lacks 5 events, the oldest 1m old',
    );
    const failing = { failures: 3, reason: 'RangeError: no such day', at: ago(60) };
    expect(what(judgeProjections('order', [{ ...fine, lagSeconds: 90, failing }]))).toContain(
      ': RangeError: no such day (3 attempts)',
    );
    expect(judgeProjections('order', [{ ...fine, builtVersion: 1 }])).toMatchObject([
      { code: 'PROJECTION_OUTDATED', command: 'projections rebuild daily-sales --why …' },
    ]);
    const asked = { requestedBy: 'ada', reason: 'INC-7', requestedAt: ago(60), target: '9' };
    const rebuild = { ...asked, status: 'FAILED', failure: 'no such day' };
    expect(what(judgeProjections('order', [{ ...fine, rebuild }]))).toContain('failed: no such day');
    expect(judgeProjections('order', [{ ...fine, rebuild: { ...asked, status: 'RUNNING' } }])).toEqual([]);
  });

  it('a clock that is off by more than the header and the way there could explain', () => {
    const at = (dateMs: number | undefined, wayMs = 0) => ({ dateMs, sentAtMs: NOW, receivedAtMs: NOW + wayMs });
    expect(judgeClock('order', at(undefined))).toEqual([]);
    for (const dateMs of [NOW - 2999, NOW, NOW + 1999]) expect(judgeClock('order', at(dateMs))).toEqual([]);
    expect(what(judgeClock('order', at(NOW - 60_500)))).toBe("its clock is 1m behind this machine's");
    expect(what(judgeClock('order', at(NOW + 59_500)))).toBe("its clock is 1m ahead of this machine's");
    expect(judgeClock('order', at(NOW + 5000, 10_000))).toEqual([]); // a slow answer is no skew
  });

  it.each([
    ['v20.19.0', true],
    ['20.18.9', false],
    ['18.20.0', false],
    ['26.1.0', true],
    ['27.0.0', false],
  ])('a Node that Waybill does not know: %s', (version, fine) => {
    expect(judgeNode(version).length === 0).toBe(fine);
  });
});

it('says what a service that is ready waits for: a dependency that is down', () => {
  const detail = 'degraded: messages wait for what these handlers call: PaymentCommandsController.process (open)';
  const checks = { database: { ok: true }, consumer: { ok: true, detail } };
  expect(judgeDegraded('payment', checks)).toMatchObject([{ service: 'payment', code: 'DEGRADED', what: detail }]);
  expect(judgeDegraded('payment', { consumer: { ok: true, detail: 'consuming' } })).toEqual([]);
});

it('F68: names a lane that stands still, beside whatever else is degraded', () => {
  const still = 'degraded: lane payment.commands/3 stands still at 42 for 75 s: its payload has not been fetched';
  const detail = `degraded: messages wait for what these handlers call: A.b; ${still}`;
  expect(judgeDegraded('payment', { consumer: { ok: true, detail } })).toMatchObject([
    { code: 'DEGRADED' },
    { service: 'payment', code: 'LANE_STILL', what: still },
  ]);
});
