import type { BrokerRecord } from '../broker.js';
import { DeliveryQueue } from './delivery-queue.js';
import type { Delivery } from './delivery.js';

const lane = { topic: 't', partition: 0 };
const skip = { kind: 'skip', why: 'unknown-event' } as const;
const unreadable = { kind: 'unreadable', error: new Error('x'), handler: undefined } as const;

/** A record's key says which sequence it is of; `-` = none; values are its name. */
function records(...names: readonly string[]): BrokerRecord[] {
  return names.map((name, index) => ({
    ...lane,
    position: String(index),
    key: name.startsWith('-') ? null : Buffer.from(name.charAt(0)),
    value: Buffer.from(name),
    headers: {},
    timestampMs: 0,
  }));
}

const queueOf = (limits = { maxBacklog: 100, maxBacklogBytes: 1e6, maxSpan: 100 }) =>
  new DeliveryQueue((record) => {
    const reading = record.value?.toString().endsWith('skip') === true ? skip : unreadable;
    return [{ identity: { source: '', id: record.position }, type: undefined, reading }];
  }, limits);
const names = (deliveries: readonly Delivery[]) => deliveries.map(({ record }) => record.value?.toString());
const never = () => false;
const holding =
  (...held: readonly string[]) =>
  ({ record }: Delivery) =>
    held.includes(record.value?.toString() ?? '');

describe('the queue of deliveries', () => {
  it('gives at most a batch at a time, in the order of the lane', () => {
    const queue = queueOf();
    queue.add(lane, records('a1', 'b1', 'a2'));
    expect(names(queue.take(2, never))).toEqual(['a1', 'b1']);
    expect(names(queue.take(2, never))).toEqual(['a2']);
    expect(queue.take(2, never)).toEqual([]);
  });

  it('drains all lanes into one batch', () => {
    const queue = queueOf();
    queue.add(lane, records('a1'));
    queue.add({ topic: 'other', partition: 5 }, records('b1'));
    expect(new Set(names(queue.take(10, never)))).toEqual(new Set(['a1', 'b1']));
  });

  it('keeps back the later messages of a held key, and nobody else', () => {
    const queue = queueOf();
    queue.add(lane, records('a1', 'b1', 'a2', '-', 'a3', 'b2'));
    expect(names(queue.take(10, holding('a1')))).toEqual(['a1', 'b1', '-', 'b2']);
    expect(queue.take(10, never)).toEqual([]);
    queue.release('t a');
    expect(names(queue.take(10, never))).toEqual(['a2', 'a3']);
  });

  it('keeps the order of a key when its first message comes back', () => {
    const queue = queueOf();
    queue.add(lane, records('a1', 'a2', 'b1'));
    const [first] = queue.take(10, holding('a1'));
    if (first) queue.putBack([first]);
    expect(names(queue.take(10, never))).toEqual(['a1', 'a2']);
  });

  it('hands out alone what asks to be alone', () => {
    const queue = queueOf();
    queue.add(lane, records('a1', 'b1', 'c1'));
    const taken = queue.take(2, never);
    const [, second] = taken;
    if (second) second.alone = true;
    queue.putBack(taken);
    expect([names(queue.take(9, never)), names(queue.take(9, never)), names(queue.take(9, never))]).toEqual([
      ['a1'],
      ['b1'],
      ['c1'],
    ]);
  });

  it('F35: moves its position only over what is settled without a gap', () => {
    const queue = queueOf();
    queue.add(lane, records('a1', 'b1', 'c1'));
    const [a, b, c] = queue.take(10, never);
    for (const delivery of [b, c]) if (delivery) delivery.settled = true;
    expect(queue.advance()).toEqual([]);
    if (a) a.settled = true;
    expect(queue.advance()).toEqual([{ ...lane, next: '3' }]);
    expect(queue.advance()).toEqual([]);
  });

  it('passes over what is not for this group, without handing it out', () => {
    const queue = queueOf();
    queue.add(lane, records('a-skip', 'b-skip'));
    expect(queue.take(10, never)).toEqual([]);
    expect(queue.advance()).toEqual([{ ...lane, next: '2' }]);
  });

  it('F49: starts over when the lanes are dealt out: nothing paused, nothing taken comes back, nothing moves', () => {
    const queue = queueOf({ maxBacklog: 2, maxBacklogBytes: 1e6, maxSpan: 100 });
    queue.add(lane, records('a1', 'a2', 'b1'));
    expect(queue.flow().pause).toEqual([lane]);
    const taken = queue.take(1, holding('a1'));
    queue.reset();
    expect(queue.take(10, never)).toEqual([]);
    queue.putBack(taken);
    for (const delivery of taken) delivery.settled = true;
    expect([queue.take(10, never), queue.advance(), queue.flow()]).toEqual([[], [], { pause: [], resume: [] }]);
    queue.add(lane, records('a1'));
    expect(names(queue.take(10, never))).toEqual(['a1']);
  });

  it('pauses a lane that is full, and resumes it at half', () => {
    const queue = queueOf({ maxBacklog: 4, maxBacklogBytes: 1e6, maxSpan: 100 });
    queue.add(lane, records('a1', 'b1', 'c1', 'd1'));
    expect(queue.flow()).toEqual({ pause: [lane], resume: [] });
    queue.take(1, never);
    expect(queue.flow()).toEqual({ pause: [], resume: [] });
    queue.take(1, never);
    expect(queue.flow()).toEqual({ pause: [], resume: [lane] });
  });

  it('hands out alone what asks to be alone, and the rest together', () => {
    const queue = queueOf();
    queue.add(lane, records('a1', 'b1', 'c1'));
    const [a1] = queue.take(1, never);
    if (!a1) throw new Error('one was there');
    a1.alone = true;
    queue.putBack([a1]);
    expect(names(queue.take(10, never))).toEqual(['a1']);
    expect(names(queue.take(10, never))).toEqual(['b1', 'c1']);
  });
});
