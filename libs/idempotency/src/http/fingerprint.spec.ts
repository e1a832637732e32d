import { canonicalJson, fingerprintOf } from './fingerprint.js';

it('compares by content, not by the order of keys or the way it is written', () => {
  const one: unknown = JSON.parse('{"b": [1.0, {"y": null, "x": "\\u0041"}], "a": 1e2}');
  const other: unknown = JSON.parse('{"a":100,"b":[1,{"x":"A","y":null}]}');
  expect(fingerprintOf(one)).toEqual(fingerprintOf(other));
  expect(canonicalJson(one)).toBe('{"a":100,"b":[1,{"x":"A","y":null}]}');
});

it.each([
  ['the order of an array', [1, 2], [2, 1]],
  ['a number and its text', { a: 1 }, { a: '1' }],
  ['null and a missing field', { a: null }, {}],
  ['an array and an object', [], {}],
  ['nesting', { a: { b: 1 } }, { a: {}, b: 1 }],
  ['no body and an empty text', undefined, ''],
])('tells apart %s', (_what, one, other) => {
  expect(fingerprintOf(one)).not.toEqual(fingerprintOf(other));
});
