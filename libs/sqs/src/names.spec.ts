import { assert, array, constantFrom, property } from 'fast-check';

import { nameFault, SqsNames } from './names.js';

const part = array(constantFrom('a', '-', '_', '0', 's'), { minLength: 1, maxLength: 30 }).map((chars) =>
  chars.join(''),
);
const name = array(part, { minLength: 1, maxLength: 6 }).map((parts) => parts.join('.'));

describe('names of queues', () => {
  it('F52: are of the characters and the length that AWS takes, and no two topics share one', () => {
    const names = new SqsNames('red.');
    assert(
      property(name, name, (one, other) => {
        if (nameFault(one) !== undefined || nameFault(other) !== undefined) return;
        const lane = (topic: string) => ({ topic, partition: 99, slot: 49 });
        for (const queue of [names.past(lane(one)), names.members(one), names.card(one), names.net(one)]) {
          expect(queue).toMatch(/^[A-Za-z0-9_-]{1,75}\.fifo$/);
        }
        if (one !== other) expect(names.card(one)).not.toBe(names.card(other));
      }),
    );
  });

  it('are the topic, with _ for its dots, where nothing speaks against it', () => {
    const queue = new SqsNames().queue({ topic: 'payment.commands', partition: 2, slot: 0 });
    expect(queue).toBe('payment_commands-2-s0.fifo');
  });
});
