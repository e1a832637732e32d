import { given } from './given.js';

interface Added {
  readonly type: 'Added';
  readonly data: { readonly amount: number };
}
const added = (amount: number): Added => ({ type: 'Added', data: { amount } });
const counter = { initial: 0, evolve: (sum: number, event: Added) => sum + event.data.amount };

describe('given / when / then', () => {
  it('decides on the state that the history makes', () => {
    expect(given(counter, added(1), added(2)).when((sum) => [added(sum)])).toEqual([added(3)]);
    expect(given(counter).when(() => [])).toEqual([]);
  });

  it('tells a refusal by its code', () => {
    const refuse = () => {
      throw Object.assign(new Error('full'), { code: 'FULL' });
    };
    expect(given(counter).when(refuse)).toEqual({ refused: 'FULL' });
  });

  it('does not take a defect for a refusal', () => {
    const defect = () => {
      throw new TypeError('x is not a function');
    };
    expect(() => given(counter).when(defect)).toThrow(TypeError);
  });
});
