import { ProblemError } from '../problem/problem.errors.js';
import { isUuid } from '../request/uuid.pipe.js';
import { defineCursor, isTimeMs } from './cursor.js';
import { pageOf } from './page.js';

const cursor = defineCursor<readonly [number, string]>(isTimeMs, isUuid);
const place = [Date.UTC(2026, 10, 25), '0193a5b0-7e5c-7000-8000-000000000001'] as const;
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
  ['a time beyond what a database can hold (F80)', made(JSON.stringify([Number.MAX_SAFE_INTEGER, place[1]]))],
  ['a time of the year 10000 (F80)', made(JSON.stringify([Date.UTC(10_000, 0), place[1]]))],
  ['a time before 1970 (F80)', made(JSON.stringify([-1, place[1]]))],
  ['half a millisecond (F80)', made(JSON.stringify([1.5, place[1]]))],
  ['a number that JSON makes infinite (F80)', made(`[1e999,"${place[1]}"]`)],
  ['a string for a time (F80)', made(JSON.stringify([String(place[0]), place[1]]))],
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

it('is given only where there is a next page', () => {
  const page = (rows: readonly number[]) => pageOf(rows, 2, String, (last) => `after ${last}`);
  expect(page([3, 2, 1])).toEqual({ items: ['3', '2'], nextCursor: 'after 2' });
  expect(page([3, 2])).toEqual({ items: ['3', '2'], nextCursor: null });
  expect(page([])).toEqual({ items: [], nextCursor: null });
});
