import { createTestDatabase } from '@waybill/embedded/testing';
import type { TestDatabase } from '@waybill/embedded/testing';

import { parametersOf } from './array-parameters.js';
import { createDataSource } from './create-data-source.js';
import { Database } from './database.js';

const UUID = '0193A1B2-c3d4-7e5f-8a9b-0c1d2e3f4a5b';
/** Of each type: what both formats must say the same of. */
const ARRAYS: Readonly<Record<string, readonly unknown[]>> = {
  text: ['', 'plain', '{"a": "b\\c"}', 'NULL', '😀 ü', null, undefined],
  json: ['{"a": [1, "\\u0000"]}', null, 'true'],
  int: [0, -2_147_483_648, 2_147_483_647, null],
  smallint: [-32_768, 32_767],
  bigint: [0, -1, Number.MAX_SAFE_INTEGER, null],
  float8: [0.1, -1e300, 1_796_000_000_000, null],
  uuid: [UUID, UUID.toLowerCase(), null],
  bytea: [Buffer.from([0, 255, 92]), Buffer.alloc(0), null],
};

describe('arrays as parameters', () => {
  let testDatabase: TestDatabase;
  let database: Database;

  beforeAll(async () => {
    testDatabase = await createTestDatabase('arrays');
    database = new Database(await createDataSource({ url: testDatabase.url, migrations: [] }).initialize());
  });

  afterAll(async () => {
    await database?.onApplicationShutdown();
    await testDatabase?.drop();
  });

  const elements = async (type: string, array: readonly unknown[]) => {
    const statement = { name: '', text: `SELECT element::text FROM unnest($1::${type}[]) AS element` };
    const sent = parametersOf(statement, [array])[0];
    const asText = await database.dataSource.query<{ element: string }[]>(statement.text, [array]);
    return { sent, read: await database.query<{ element: string }>(statement, [array]), asText };
  };

  it.each(Object.keys(ARRAYS))('%s[] goes in binary, and arrives as it does as text', async (type) => {
    for (const array of [ARRAYS[type] ?? [], [], [null]]) {
      const { sent, read, asText } = await elements(type, array);
      expect(Buffer.isBuffer(sent)).toBe(true);
      expect(read).toHaveLength(array.length);
      expect(read).toEqual(asText);
    }
  });

  it.each([
    ['text', ['a\0b'], '22021'],
    ['json', ['{'], '22P02'],
    ['int', [2_147_483_648], '22003'],
    ['int', [0.5], '22P02'],
    ['uuid', [UUID, 'not a uuid'], '22P02'],
    ['bigint', ['x'], '22P02'],
  ])('%s[] of %j is refused by the server, in its own words', async (type, array, code) => {
    await expect(elements(type, array)).rejects.toMatchObject({ driverError: expect.objectContaining({ code }) });
    const statement = { name: '', text: `SELECT $1::${type}[]` };
    await expect(database.query(statement, [array])).rejects.toMatchObject({ code });
  });

  it('leaves as they are: what no cast names, numbers as text, other types, and what is no array', () => {
    const text = 'SELECT $1, $2::bigint[], $3::timestamptz[], $4::text, $5::text[], $6::bool[]';
    const values = [['a'], ['1'], ['2026-11-29'], 'b', null, [true]];
    expect(parametersOf({ name: '', text }, values)).toEqual(values);
  });
});
