import { id, list, number, object, optional, table, text } from './decode.js';

const letter = object({ id, key: optional(text), attempts: number });

describe('an answer', () => {
  it('is read by its shape; what the shape does not name is kept', () => {
    expect(letter({ id: 7, key: null, attempts: 1, colour: 'green' }, '')).toEqual({
      id: '7',
      key: undefined,
      attempts: 1,
      colour: 'green',
    });
  });

  it('that does not fit is refused, saying where', () => {
    expect(() => list(letter)([{ id: '1', attempts: 1 }, { id: '2' }], '')).toThrow(
      '/1/attempts should be a number and is undefined',
    );
    expect(() => letter([], '')).toThrow('the answer should be an object and is a list');
    expect(() => table(text)({ a: 1 }, '/headers')).toThrow('/headers/a should be a string and is number');
    expect(() => number(Number.NaN, '/n')).toThrow('/n');
  });

  it('may have names that objects have by themselves', () => {
    expect(Object.keys(table(text)(JSON.parse('{"__proto__": "x", "constructor": "y"}'), ''))).toEqual([
      '__proto__',
      'constructor',
    ]);
  });
});
