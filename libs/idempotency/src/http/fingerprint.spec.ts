import { createHash } from 'node:crypto';

import { canonicalJson, fingerprintOf } from './fingerprint.js';

it('compares by content, not by the order of keys or the way it is written', () => {
  const one: unknown = JSON.parse('{"b": [1.0, {"y": null, "x": "\\u0041"}], "a": 1e2}');
  const other: unknown = JSON.parse('{"a":100,"b":[1,{"x":"A","y":null}]}');
  expect(fingerprintOf(one)).toEqual(fingerprintOf(other));
  expect(canonicalJson(one)).toBe('{"a":100,"b":[1,{"x":"A","y":null}]}');
});

it('is that of the body alone where there is no query: answers that older releases have stored are found', () => {
  const stored = createHash('sha256').update('{"a":1}').digest();
  expect(fingerprintOf({ a: 1 })).toEqual(stored);
  expect(fingerprintOf({ a: 1 }, {})).toEqual(stored);
});

it('compares queries by content, not by the order of parameters', () => {
  const one = fingerprintOf({ a: 1 }, { limit: '10', tag: ['x', 'y'] });
  expect(one).toEqual(fingerprintOf({ a: 1 }, { tag: ['x', 'y'], limit: '10' }));
  for (const other of [{ limit: '11', tag: ['x', 'y'] }, { limit: '10', tag: ['y', 'x'] }, { limit: '10' }]) {
    expect(one).not.toEqual(fingerprintOf({ a: 1 }, other));
  }
  expect(fingerprintOf({}, { a: '1' })).not.toEqual(fingerprintOf({ a: '1' }));
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
