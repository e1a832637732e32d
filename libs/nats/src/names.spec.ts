import { assert, property, stringMatching } from 'fast-check';

import { NatsNames, nameFault } from './names.js';

const names = new NatsNames('test.');
const aName = stringMatching(/^[ab5_-]{1,3}(\.[ab5f_-]{1,3}){0,3}$/);

describe('the names at the servers', () => {
  it('keeps a topic as a subject, and maps what a stream may not be called', () => {
    const lane = { topic: 'payment.commands', partition: 3 };
    expect(names.subject(lane)).toBe('test.payment.commands.3');
    expect(names.stream(lane)).toBe('test_payment_commands-3');
    expect(names.bucket('order_1')).toBe('waybill-test_order__5f1');
  });

  it('gives no two topics, and no two groups, the same name', () => {
    assert(
      property(aName, aName, (one, other) => {
        if (one === other) return;
        expect(names.bucket(one)).not.toBe(names.bucket(other));
        for (const partition of [0, 5, 55]) {
          expect(names.stream({ topic: one, partition: 5 })).not.toBe(names.stream({ topic: other, partition }));
        }
      }),
      { numRuns: 500 },
    );
  });

  it('knows the lanes of a topic by their streams, and no others', () => {
    const of = (stream: string) => names.partitionIn(stream, 'a.b');
    expect([of('test_a_b-0'), of('test_a_b-17')]).toEqual([0, 17]);
    const others = ['test_a_b-x', 'test_a_b-01', 'test_a_b-', 'test_a_b-c-1', 'test_a-0', 'a_b-0', 'test_a_b-1234567'];
    expect(others.map(of)).toEqual(others.map(() => undefined));
  });

  it.each(['', '.', 'a..b', '.a', 'a.', 'a b', 'a.*', '>', '$JS.API', 'ä', 'a\r\nb', 'x'.repeat(200)])(
    'refuses %j',
    (name) => expect(nameFault(name)).toBeDefined(),
  );
});
