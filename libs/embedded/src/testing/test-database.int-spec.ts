import { Client } from 'pg';

import { createTestDatabase } from './test-database.js';

describe('createTestDatabase', () => {
  it('gives every caller an empty database of its own, and drops it with open sessions', async () => {
    const [one, two] = await Promise.all([createTestDatabase('unit_a'), createTestDatabase('unit_a')]);
    const client = new Client({ connectionString: one.url });
    const ended = new Promise<Error>((resolve) => client.on('error', resolve));
    await client.connect();
    await client.query('CREATE TABLE only_here ()');
    const other = new Client({ connectionString: two.url });
    await other.connect();
    expect((await other.query("SELECT to_regclass('only_here') AS found")).rows).toEqual([{ found: null }]);
    await other.end();
    await one.drop();
    expect((await ended).message).toContain('terminat');
    await two.drop();
    await one.drop();
  });
});
