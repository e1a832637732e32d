import { preferWait } from './prefer-wait.js';

it.each([
  ['wait=5', 5],
  ['wait=0', 0],
  ['WAIT=5', 5],
  ['wait = 5', 5],
  ['wait="5"', 5],
  ['respond-async, wait=5', 5],
  ['respond-async;foo=bar, wait=5; x=y, handling=lenient', 5],
  ['wait=5, wait=9', 5],
  ['wait=31', 30],
  ['wait=999999999999', 30],
  [',, wait=5', 5],
  ['wait=5; note="a, b"', 5],
  ['note="x\\", wait=7", wait=5', 5],
])('takes %s as %d seconds', (header, seconds) => {
  expect(preferWait(header)).toEqual({ waitMs: seconds * 1000, applied: `wait=${seconds}` });
});

it.each([
  undefined,
  '',
  'wait',
  'wait=',
  'wait=abc',
  'wait=-1',
  'wait=1.5',
  'wait=5s',
  'await=5',
  'foo;wait=5',
  'wait=1e1',
  'wait=""',
  'wait=5"',
  'wait="5',
  'wait=5 6',
  'wait=abc, wait=5',
  'wait, wait=5',
  'note="a, wait=5"',
  'note="a, wait=5',
  'note="a\\',
])('ignores %s', (header) => {
  expect(preferWait(header)).toBeUndefined();
});
