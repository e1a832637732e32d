import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

import { Client } from 'pg';

import { isAlive } from '../processes/process-identity.js';
import { bundleProcess } from '../testing/bundle-process.js';
import { listeningAddresses } from '../testing/listening-addresses.js';
import { type EmbeddedPostgres, type EmbeddedPostgresOptions, startEmbeddedPostgres } from './embedded-postgres.js';

const templateDir = resolve('.waybill/cache/postgres-template');

async function query(url: string, sql: string): Promise<unknown[]> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(sql)).rows;
  } finally {
    await client.end();
  }
}

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) {
    await sleep(20);
  }
}

describe('embedded PostgreSQL', () => {
  let root: string;
  let started: EmbeddedPostgres[];
  const start = async (options: Partial<EmbeddedPostgresOptions> = {}) => {
    const server = await startEmbeddedPostgres({ dataDir: join(root, 'data'), templateDir, ...options });
    started.push(server);
    return server;
  };
  const startWithRow = async (options: Partial<EmbeddedPostgresOptions> = {}) => {
    const server = await start(options);
    await query(server.url, 'CREATE TABLE kept AS SELECT 1 AS x');
    return server;
  };
  const expectRow = async (server: EmbeddedPostgres) => {
    expect(await query(server.url, 'SELECT x FROM kept')).toEqual([{ x: 1 }]);
  };

  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'waybill-pg-'));
    started = [];
  });

  afterEach(async () => {
    await Promise.all(started.map((server) => server.stop()));
    rmSync(root, { recursive: true, force: true });
  });

  it('keeps its data over a restart, and its durable defaults', async () => {
    const first = await startWithRow();
    await first.stop();
    await expect(first.exited).resolves.toBe('exited with code 0');
    const second = await start();
    await expectRow(second);
    const settings =
      "SELECT name, setting FROM pg_settings WHERE name IN ('fsync', 'full_page_writes', 'synchronous_commit') ORDER BY 1";
    expect(await query(second.url, settings)).toEqual([
      { name: 'fsync', setting: 'on' },
      { name: 'full_page_writes', setting: 'on' },
      { name: 'synchronous_commit', setting: 'on' },
    ]);
    if (process.platform !== 'linux') return;
    // F74: nobody else's machine reaches it.
    expect(await listeningAddresses(second.pid)).toEqual([`127.0.0.1:${second.port}`]);
  });

  it('F81: keeps no value of a failed statement in its log', async () => {
    const server = await start();
    await expect(query(server.url, "SELECT 'ada@example.org'::uuid")).rejects.toThrow('invalid input syntax');
    await server.stop();
    const log = readFileSync(join(root, 'data.log'), 'utf8');
    expect(log).toContain('ready to accept connections');
    expect(log).not.toContain('ada@');
  });

  it('F56: a kill -9 of the server alone is recovered from', async () => {
    const first = await startWithRow();
    process.kill(first.pid, 'SIGKILL');
    await first.exited;
    await expectRow(await start());
  });

  it('F56: a server that a killed supervisor left running is stopped, and its data is served again', async () => {
    const first = await startWithRow();
    await first.stop();
    const orphan = await orphanedServer(join(root, 'data'));
    const second = await start();
    expect(isAlive(orphan)).toBe(false);
    await expectRow(second);
  }, 30_000);

  it('F56: a foreign living process in the pid file is left alone, and does not keep the server from starting', async () => {
    const first = await startWithRow();
    process.kill(first.pid, 'SIGKILL');
    await first.exited;
    const pidFile = join(root, 'data/postmaster.pid');
    const stranger = spawn('sleep', ['60']);
    writeFileSync(pidFile, readFileSync(pidFile, 'utf8').replace(/^\d+/, String(stranger.pid)));
    await expectRow(await start());
    expect(isAlive(stranger.pid ?? 0)).toBe(true);
    stranger.kill();
  });

  it('F56: a path of 120 characters with spaces and quotes does no harm', async () => {
    const dataDir = join(root, `it's a long path ${'x'.repeat(60)}`, 'y'.repeat(40), 'data');
    mkdirSync(resolve(dataDir, '..'), { recursive: true });
    const first = await startWithRow({ dataDir });
    await first.stop();
    await expectRow(await start({ dataDir }));
  });

  it('refuses data that another living process serves, and says which', async () => {
    await start();
    await expect(start()).rejects.toMatchObject({
      code: 'DATA_DIR_IN_USE',
      message: expect.stringContaining(String(process.pid)),
    });
  });

  it('refuses a port in use, naming the port and the setting', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    await new Promise((done) => other.once('listening', done));
    const address = other.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    await expect(start({ port })).rejects.toMatchObject({
      code: 'PORT_IN_USE',
      message: expect.stringMatching(new RegExp(`${port}.*POSTGRES_PORT`)),
    });
    other.close();
    await start({ port }); // the refusal left nothing behind that would refuse this one
  });

  it('refuses a directory that holds something else, and leaves it as it was', async () => {
    mkdirSync(join(root, 'data'));
    writeFileSync(join(root, 'data/thesis.txt'), 'years of work');
    await expect(start()).rejects.toMatchObject({ code: 'DATA_DIR_FOREIGN' });
    expect(readFileSync(join(root, 'data/thesis.txt'), 'utf8')).toBe('years of work');
  });

  it('refuses data of another major version, naming both', async () => {
    mkdirSync(join(root, 'data'));
    writeFileSync(join(root, 'data/PG_VERSION'), '14\n');
    await expect(start()).rejects.toMatchObject({ code: 'DATA_DIR_VERSION', message: expect.stringMatching(/14.*18/) });
  });

  it('refuses a folder that cannot be written, naming it', async () => {
    writeFileSync(join(root, 'file'), '');
    const dataDir = join(root, 'file/data');
    await expect(start({ dataDir })).rejects.toMatchObject({
      code: 'DATA_DIR_UNWRITABLE',
      message: expect.stringContaining(root),
    });
  });

  it('F56: when its supervisor is killed, the server is shut down and temporary data is removed', async () => {
    const server = await start();
    await server.stop();
    const orphan = await orphanedServer(join(root, 'data'), { guarded: true });
    await until(() => !isAlive(orphan) && !existsSync(join(root, 'data')));
    expect(existsSync(root)).toBe(true);
  }, 30_000);
});

/** Starts a server under a supervisor process, and kills that one; without its guard too, as an out-of-memory killer would. */
async function orphanedServer(dataDir: string, { guarded = false } = {}): Promise<number> {
  const script = join(resolve(dataDir, '..'), 'supervisor.mjs');
  const bundle = await bundleProcess('libs/embedded/src/postgres/embedded-postgres.ts');
  writeFileSync(
    script,
    `import { startEmbeddedPostgres } from ${JSON.stringify(bundle)};
     const server = await startEmbeddedPostgres(${JSON.stringify({ dataDir, ...(guarded ? { removeIfOrphaned: dataDir } : {}) })});
     console.log(server.pid);
     setInterval(() => {}, 1000);`,
  );
  const supervisor = spawn(process.execPath, [script], { stdio: ['ignore', 'pipe', 'inherit'] });
  const pid = await new Promise<number>((done) => supervisor.stdout.once('data', (text) => done(Number(text))));
  if (!guarded) {
    for (const guard of guardsOf(pid)) {
      process.kill(guard, 'SIGKILL');
    }
  }
  supervisor.kill('SIGKILL');
  await new Promise((done) => supervisor.once('exit', done));
  rmSync(bundle);
  return pid;
}

function guardsOf(serverPid: number): readonly number[] {
  const { stdout } = spawnSync('ps', ['-eo', 'pid=,args='], { encoding: 'utf8' });
  return stdout
    .split('\n')
    .filter((line) => line.includes(`waybill-guard INT ${serverPid}`))
    .map((line) => Number.parseInt(line, 10));
}
