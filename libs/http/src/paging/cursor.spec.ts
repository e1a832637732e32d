import { ProblemError } from '../problem/problem.errors.js';
import { isUuid } from '../request/uuid.pipe.js';
import { defineCursor, isIsoTime, isWholeNumber } from './cursor.js';
import { pageOf } from './page.js';

const cursor = defineCursor<readonly [string, string]>(isIsoTime, isUuid);
const place = ['2026-11-25T10:00:00.000Z', '0193a5b0-7e5c-7000-8000-000000000001'] as const;
const made = (json: string) => Buffer.from(json).toString('base64url');

it('comes back as the place it was made of', () => {
  expect(cursor.decode(cursor.encode(place))).toEqual(place);
});

it.each([
  ['nothing', ''],
  ['no base64', '%%%'],
  ['no JSON', made('[')],
  ['padding', `${cursor.encode(place)}=`],
  ['a blank inside', cursor.encode(place).replace(/^(.{8})/, '$1 ')],
  ['trailing rubbish', `${cursor.encode(place)}!`],
  ['an object', made('{}')],
  ['too few elements', made(JSON.stringify(place.slice(1)))],
  ['too many elements', made(JSON.stringify([...place, 1]))],
  ['a wrong time', made(JSON.stringify(['2026-02-30T00:00:00.000Z', place[1]]))],
  ['a wrong id', made(JSON.stringify([place[0], '42']))],
  ['other JSON of the same value', made(JSON.stringify(place, null, 1))],
])('is refused as INVALID_CURSOR: %s', (_what, text) => {
  let refused: unknown;
  try {
    cursor.decode(text);
  } catch (error) {
    refused = error;
  }
  expect(refused).toBeInstanceOf(ProblemError);
  expect(refused).toMatchObject({ problem: { status: 400, code: 'INVALID_CURSOR' } });
});

it('may hold whole numbers', () => {
  const numbers = defineCursor<readonly [number]>(isWholeNumber);
  expect(numbers.decode(numbers.encode([42]))).toEqual([42]);
  expect(() => numbers.decode(made('[1.5]'))).toThrow(ProblemError);
});

it('is given only where there is a next page', () => {
  const page = (rows: readonly number[]) => pageOf(rows, 2, String, (last) => `after ${last}`);
  expect(page([3, 2, 1])).toEqual({ items: ['3', '2'], nextCursor: 'after 2' });
  expect(page([3, 2])).toEqual({ items: ['3', '2'], nextCursor: null });
  expect(page([])).toEqual({ items: [], nextCursor: null });
});
