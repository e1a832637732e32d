import { given } from './given.js';

type Event = { readonly type: 'Added'; readonly data: { readonly amount: number } };
const added = (amount: number): Event => ({ type: 'Added', data: { amount } });
const counter = { initial: 0, evolve: (sum: number, event: Event) => sum + event.data.amount };
const refuse = (): never => {
  throw Object.assign(new Error('full'), { code: 'FULL' });
};

describe('given / when / then', () => {
  it('decides on the state that the history makes', () => {
    given(counter, added(1), added(2))
      .when((sum) => [added(sum)])
      .thenEvents(added(3));
    expect(() =>
      given(counter)
        .when(() => [])
        .thenNothing(),
    ).not.toThrow();
  });

  it('fails where the decision differs', () => {
    const decided = given(counter).when((sum) => [added(sum)]);
    expect(() => decided.thenEvents(added(1))).toThrow('Expected');
    expect(() => decided.thenNothing()).toThrow('Expected');
    expect(() => decided.thenRefused('FULL')).toThrow('Expected');
  });

  it('tells a refusal by its code', () => {
    expect(() => given(counter).when(refuse).thenRefused('FULL')).not.toThrow();
    expect(() => given(counter).when(refuse).thenRefused('EMPTY')).toThrow('Expected');
  });
});
