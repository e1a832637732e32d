import { givenId, isPartOfId, parseOrderId, timesOf } from './order-id.js';

const ID = '0197d6a4-5c1e-7b3a-9c55-0a1b2c3d4e5f';

describe("an order's id as it is given", () => {
  it('is whole, its beginning, or beginning and end as lists show them', () => {
    expect(parseOrderId(ID.toUpperCase())).toEqual({ kind: 'whole', id: ID });
    expect(parseOrderId(' 0197D6A4-5 ')).toEqual({ kind: 'part', head: '0197d6a4-5', tail: '' });
    for (const dots of ['…', '...', '..', '*']) {
      expect(givenId(`0197d6a4${dots}4e5f`)).toEqual({ kind: 'part', head: '0197d6a4', tail: '4e5f' });
    }
  });

  it.each(['', 'o-1', '-0197', '0197d6a4…xyz', 'cust-42', `${ID}0`, '0197 d6a4', '\u001B[2J'])(
    'is refused where it can be no part of one: %j',
    (text) => {
      expect(() => parseOrderId(text)).toThrow(/neither an order's id/);
    },
  );

  it('is not taken for a key that looks like something else', () => {
    expect(['cafe', 'SKU-MUG-BLUE', ID, 'cafebabe1', ''].map(isPartOfId)).toEqual([false, false, false, false, false]);
    expect(['0197d6a4', '0197d6a4-5c', '0197d6a4…4e5f'].map(isPartOfId)).toEqual([true, true, true]);
  });

  it('says when the order was placed', () => {
    expect(timesOf(ID)).toEqual({ placedSince: '2025-07-04T18:13:05.182Z', placedUntil: '2025-07-04T18:13:05.183Z' });
    expect(timesOf('0197d6a4')).toEqual({
      placedSince: '2025-07-04T18:12:41.600Z',
      placedUntil: '2025-07-04T18:13:47.136Z',
    });
    expect(timesOf('0')?.placedUntil).toBe('2527-06-23T06:20:44.416Z');
    expect(timesOf('e')?.placedUntil).toBe('9999-12-31T23:59:59.999Z');
    expect(timesOf('ff')).toBeUndefined();
  });
});
