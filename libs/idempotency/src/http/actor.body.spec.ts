import { validateSync } from 'class-validator';

import { ActorBody } from './actor.body.js';

/** The messages by field, as class-validator alone says them. */
function faultsOf(body: ActorBody): Readonly<Record<string, readonly string[]>> {
  const faults = validateSync(Object.assign(new ActorBody(), body));
  return Object.fromEntries(faults.map(({ property, constraints }) => [property, Object.values(constraints ?? {})]));
}

describe('who acts, and why, of a lib that is used alone', () => {
  it('are taken in any script', () => {
    expect(faultsOf({ who: 'آدا', why: '交易已恢复 – “INC-7” 👍' })).toEqual({});
  });

  it('are refused with what is not seen or turns the line around, and with a card number', () => {
    expect(faultsOf({ who: 'ada\u2066', why: 'paid with 4111 1111 1111 1111' })).toEqual({
      who: ['must not hold control or invisible characters, such as U+2066'],
      why: ['must not hold a card number'],
    });
  });
});
