import { traceOrder } from './order-spans.js';
import type { ServiceEvent } from './order-spans.js';
import { printWaterfall } from './waterfall.js';

const ORDER = { correlationId: 'c', sentAtMs: 100, answeredAtMs: 140 };
const command = { id: 'command', type: 'do.v1', correlationId: 'c', causationId: 'the request' };
const reply = { id: 'reply', type: 'done.v1', correlationId: 'c', causationId: 'command' };
const late = { id: 'late', type: 'after.v1', correlationId: 'c', causationId: 'reply' };

type Told = readonly [service: string, point: string, atMs: number, more?: Partial<ServiceEvent>];
const event = ([service, point, atMs, more]: Told): ServiceEvent => ({
  service,
  point: point.startsWith('http') ? point : `waybill:${point}`,
  atMs,
  ...more,
});

/** The order service asks another one, which makes an outside call; its answer ends the order. */
const EVENTS = (
  [
    ['order', 'http.server.request.start', 101, { correlationId: 'c' }],
    ['order', 'transaction:begin', 101.5, { transaction: 8 }], // somebody else's
    ['order', 'transaction:begin', 102, { transaction: 1 }],
    ['order', 'transaction:commit', 104, { transaction: 1 }],
    ['order', 'outbox:flush', 104, { transaction: 1, messages: [command] }],
    ['order', 'transaction:committed', 106, { transaction: 1 }],
    ['order', 'publish:begin', 107, { messages: [command] }],
    ['order', 'publish:end', 110, { messages: [command] }],
    ['other', 'records:received', 109, { messages: [{ id: 'command' }] }],
    ['other', 'transaction:begin', 110, { transaction: 1 }],
    ['other', 'messages:handle', 111, { transaction: 1, messages: [{ id: 'command' }] }],
    ['other', 'transaction:commit', 112, { transaction: 1 }],
    ['other', 'transaction:committed', 113, { transaction: 1 }],
    ['other', 'call:begin', 114, { messages: [{ id: 'command' }] }],
    ['other', 'call:end', 118, { messages: [{ id: 'command' }] }],
    ['other', 'transaction:begin', 119, { transaction: 2 }],
    ['other', 'messages:handle', 120, { transaction: 2, messages: [{ id: 'command' }] }],
    ['other', 'transaction:commit', 121, { transaction: 2 }],
    ['other', 'outbox:flush', 121, { transaction: 2, messages: [reply] }],
    ['other', 'transaction:committed', 123, { transaction: 2 }],
    ['other', 'publish:begin', 124, { messages: [reply] }],
    ['other', 'publish:end', 126, { messages: [reply] }],
    ['order', 'records:received', 129, { messages: [{ id: 'reply' }] }],
    ['order', 'transaction:begin', 130, { transaction: 2 }],
    ['order', 'messages:handle', 132, { transaction: 2, messages: [{ id: 'reply' }] }],
    ['order', 'transaction:commit', 133, { transaction: 2 }],
    ['order', 'outbox:flush', 133, { transaction: 2, messages: [late] }],
    ['order', 'transaction:committed', 135, { transaction: 2 }],
    ['order', 'publish:begin', 136, { messages: [late] }],
    ['order', 'http.server.response.finish', 138, { correlationId: 'c' }],
    ['other', 'messages:handle', 139, { transaction: 3, messages: [{ id: 'late' }] }],
  ] as const satisfies readonly Told[]
).map(event);

describe('an order that is traced', () => {
  it('is explained from its request to its answer, and what comes after the answer is no part of it', () => {
    const { totalMs, spans } = traceOrder(EVENTS.toReversed(), ORDER);
    expect(totalMs).toBe(40);
    expect(spans.map(({ service, kind, fromMs, toMs }) => `${service} ${kind} ${fromMs}-${toMs}`)).toEqual([
      'order HTTP 0-1',
      'order HTTP 1-2',
      'order transaction 2-4',
      'order commit 4-6',
      'order queue 6-7',
      'order produce 7-9', // the consumer has it before the producer knows
      'other fetch 9-9',
      'other queue 9-10',
      'other transaction 10-11',
      'other transaction 11-12',
      'other commit 12-13',
      'other queue 13-14',
      'other call 14-18',
      'other queue 18-19',
      'other transaction 19-20',
      'other transaction 20-21',
      'other commit 21-23',
      'other queue 23-24',
      'other produce 24-26',
      'order fetch 26-29',
      'order queue 29-30',
      'order transaction 30-32',
      'order transaction 32-33',
      'order commit 33-35',
      'order HTTP 35-38',
      'client HTTP 38-40',
    ]);
  });

  it('shows where nothing is known of it', () => {
    const without = EVENTS.filter(({ point }) => point !== 'waybill:call:end');
    const { spans } = traceOrder(without, ORDER);
    const gaps = spans.flatMap(({ fromMs }, index) => {
      const before = spans[index - 1]?.toMs ?? 0;
      return before === fromMs ? [] : [[before, fromMs]];
    });
    expect(gaps).toEqual([[14, 19]]);
  });

  it('is printed on 100 columns, with the sums of what kind of work it was', () => {
    const lines = printWaterfall([traceOrder(EVENTS, ORDER)]);
    expect(Math.max(...lines.map(({ length }) => length))).toBeLessThanOrEqual(100);
    expect(lines.slice(-4)).toEqual([
      'One order of 40.0 ms; medians of 1 of 1 orders.',
      'Medians of the sums, in ms:',
      'queue 6.0, transaction 9.0, commit 7.0, produce 4.0, fetch 3.0, call 4.0, HTTP 7.0;',
      'total 40.0, not explained 0.0.',
    ]);
  });
});
