import { connect, createServer } from 'node:net';

import { Logger } from '@nestjs/common';
import { createTestDatabase, freePort, testDatabaseServer } from '@waybill/embedded/testing';
import { Client } from 'pg';

import { databaseUrl } from './connection-url.js';
import { ensureDatabase } from './ensure-database.js';

/** The test server's URL at another port. */
function serverAt(port: number): string {
  const url = new URL(testDatabaseServer());
  url.port = String(port);
  return url.toString();
}

describe('ensureDatabase', () => {
  beforeAll(() => Logger.overrideLogger(false));

  it('creates a database once, however many processes ask at the same moment', async () => {
    const name = `database_ensure_${Date.now()}`;
    await Promise.all(Array.from({ length: 5 }, () => ensureDatabase(testDatabaseServer(), name)));
    const server = new Client({ connectionString: databaseUrl(testDatabaseServer(), 'postgres') });
    await server.connect();
    const { rows } = await server.query('SELECT 1 FROM pg_database WHERE datname = $1', [name]);
    await server.query(`DROP DATABASE "${name}"`);
    await server.end();
    expect(rows).toHaveLength(1);
  });

  it('waits for a server that is not up yet', async () => {
    const database = await createTestDatabase('database');
    const real = new URL(testDatabaseServer());
    const port = await freePort();
    const ensured = ensureDatabase(serverAt(port), new URL(database.url).pathname.slice(1));
    const proxy = createServer((socket) => {
      const upstream = connect(Number(real.port), real.hostname);
      socket.pipe(upstream).pipe(socket);
      for (const end of [socket, upstream]) end.on('error', () => {});
    });
    // The first attempt finds nobody there, since no packet leaves before this turn of the event loop ends.
    setTimeout(() => proxy.listen(port, '127.0.0.1'), 300);

    await ensured;

    await new Promise((resolve) => proxy.close(resolve));
    await database.drop();
  });

  it('gives up when the time is up, and says what stood in the way', async () => {
    await expect(ensureDatabase(serverAt(await freePort()), 'nothing', { timeoutMs: 400 })).rejects.toMatchObject({
      code: 'ECONNREFUSED',
    });
  });

  it('does not wait where the server refuses', async () => {
    const url = new URL(testDatabaseServer());
    url.username = 'nobody_of_that_name';
    const began = Date.now();

    await expect(ensureDatabase(url.toString(), 'nothing', { timeoutMs: 20_000 })).rejects.toThrow();

    expect(Date.now() - began).toBeLessThan(15_000);
  });
});
