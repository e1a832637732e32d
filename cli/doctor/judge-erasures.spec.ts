import { judgeErasures } from './judge-erasures.js';

const NOW = Date.parse('2026-11-25T12:00:00Z');

describe('an erasure', () => {
  const erasure = (seconds: number, pending: { payment?: number; shipping?: number; payloads?: number }) => ({
    id: 'e',
    requestedAt: new Date(NOW - seconds * 1000).toISOString(),
    who: 'ada',
    why: 'request 4711',
    orders: 3,
    pending: { payment: 0, shipping: 0, payloads: 0, ...pending },
  });

  it('is wrong once somebody has not confirmed it for an hour, and says who', () => {
    expect(judgeErasures('order', [erasure(3599, { payment: 3 }), erasure(99_999, {})], NOW)).toEqual([]);
    const found = judgeErasures(
      'order',
      [erasure(3600, { payment: 2 }), erasure(7200, { payment: 1, payloads: 3 })],
      NOW,
    );
    expect(found).toMatchObject([
      {
        code: 'ERASURE_PENDING',
        what: '2 erasures not confirmed for up to 2h: payment 3 orders, payloads 3 orders',
        command: 'customers erasures',
      },
    ]);
  });
});
