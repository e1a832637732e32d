import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

import { SERVICE_NAMES } from '@waybill/contracts';

import { StartFolder } from './start-run.js';

jest.setTimeout(180_000);

const UP = 'Waybill is up';

describe('npm start', () => {
  let folder: StartFolder;

  beforeEach(async () => {
    folder = await StartFolder.create();
  });

  afterEach(async () => {
    await folder.remove();
  });

  it('starts everything, says where it is, and on Ctrl-C stops the apps before the servers they need', async () => {
    const run = folder.start();
    await run.printed(UP);
    for (const app of SERVICE_NAMES) {
      expect(run.output()).toContain(`http://localhost:${folder.port(app)}`);
    }
    expect(run.output()).toContain(`curl -i http://localhost:${folder.port('order')}/orders`);
    expect(await run.ended('SIGINT')).toBe(0);
    const stopping = run.output().slice(run.output().indexOf('stopping the apps'));
    expect(stopping.match(/drained/g)).toHaveLength(4);
    expect(stopping.lastIndexOf('drained')).toBeLessThan(stopping.indexOf('stopping Kafka and PostgreSQL'));
  });

  it('starts a crashed app again, and leaves the others alone', async () => {
    const run = folder.start();
    await run.printed(UP);
    const [payment, order] = await Promise.all([folder.pidOf('payment'), folder.pidOf('order')]);
    await folder.pidOf('payment', '/crash');
    await run.printed('payment exited with code 7; starting it again in 0.5 s');
    await until(async () => (await folder.pidOf('payment')) !== undefined);
    expect(await folder.pidOf('payment')).not.toBe(payment);
    expect(await folder.pidOf('order')).toBe(order);
  });

  it('F56: after a kill -9 the apps end themselves, and the next start is up at once on the same ports and data', async () => {
    const killed = folder.start();
    await killed.printed(UP);
    const before = await folder.pidOf('order');
    await killed.ended('SIGKILL');
    const run = folder.start();
    await run.printed(UP);
    expect(await folder.pidOf('order')).not.toBe(before);
    expect(await run.ended('SIGTERM')).toBe(0);
  });

  it('names every port in use and the setting that changes it, and starts nothing', async () => {
    const other = createServer().listen(folder.port('inventory'), '127.0.0.1');
    const run = folder.start();
    expect(await run.ended()).toBe(1);
    expect(run.output()).toContain(`${folder.port('inventory')} (inventory): set INVENTORY_PORT`);
    expect(run.output()).not.toContain('starting PostgreSQL');
    other.close();
  });

  it('refuses a second start on the same data, and a reset, while it runs; then resets', async () => {
    const run = folder.start();
    await run.printed(UP);
    const second = folder.start();
    expect(await second.ended()).toBe(1);
    expect(second.output()).toContain(`in use by process ${run.process.pid}`);
    const reset = resolve('scripts/reset.mjs');
    const refused = folder.run(reset);
    expect(await refused.ended()).toBe(1);
    expect(refused.output()).toContain(`in use by process ${run.process.pid}`);
    await run.ended('SIGINT');
    expect(await folder.run(reset).ended()).toBe(0);
    expect(existsSync(join(folder.path, '.waybill'))).toBe(false);
  });

  it.each([
    ['an unknown broker', ['--kafka', 'rabbit'], {}, '--kafka must be embedded or apache, got "rabbit"'],
    ['an unknown option', ['--fast'], {}, 'Usage: npm start'],
    ['a port that is none', [], { ORDER_PORT: '70000' }, 'ORDER_PORT must be a port from 1 to 65535, got "70000"'],
    ['a broker given twice', ['--kafka', 'apache'], { KAFKA_BROKERS: 'localhost:9092' }, 'contradict each other'],
  ])('refuses %s in one sentence', async (_, args, env, message) => {
    const run = folder.start(args, env);
    expect(await run.ended()).toBe(1);
    expect(run.output()).toContain(message);
    expect(run.output()).not.toContain('    at ');
  });

  it('F75 starts a lost PostgreSQL again on its port, and keeps running when nobody reads its output any more', async () => {
    const run = folder.start();
    await run.printed(UP);
    const lost = postgresPid(folder.path);
    process.kill(lost, 'SIGKILL');
    await run.printed('PostgreSQL was killed by SIGKILL; starting it again in 0.5 s');
    await until(async () => ![lost, Number.NaN].includes(postgresPid(folder.path)));
    run.process.stdout?.destroy();
    const payment = await folder.pidOf('payment');
    await folder.pidOf('payment', '/crash');
    await until(async () => ![undefined, payment].includes(await folder.pidOf('payment')));
    expect(await run.ended('SIGTERM')).toBe(0);
    expect(await folder.openPorts()).toEqual([]);
  });

  it('F75 lets no app outlive a supervisor that died while the app was still being loaded', async () => {
    const loading = 'data:text/javascript,await new Promise((loaded) => setTimeout(loaded, 500))';
    const preload = resolve('dist/scripts/start/die-with-parent.js');
    const app = spawn(
      process.execPath,
      ['--import', loading, '--import', preload, '-e', 'setInterval(() => undefined, 1000)'],
      { stdio: ['ignore', 'ignore', 'ignore', 'ipc'] },
    );
    const ended = once(app, 'exit');
    app.disconnect();
    expect(await ended).toEqual([1, null]);
  });

  it('F75 ends with the one message of an app that refuses its configuration', async () => {
    const run = folder.start([], { LOG_LEVEL: 'loud' });
    expect(await run.ended()).toBe(1);
    expect(run.output()).toContain('LOG_LEVEL is wrong');
    expect(run.output().match(/LOG_LEVEL is wrong/g)).toHaveLength(1);
    expect(run.output()).not.toContain('starting it again');
    expect(await folder.openPorts()).toEqual([]);
  });

  it('F75 stops everything in order on TERM, INT and HUP to npm, and on HUP to the group, as a closed terminal sends it', async () => {
    const others = [await StartFolder.create(), await StartFolder.create(), await StartFolder.create()]; // in turn: ports are drawn
    const cases = [
      { signal: 'SIGTERM', to: 'npm' },
      { signal: 'SIGINT', to: 'npm' },
      { signal: 'SIGHUP', to: 'npm' },
      { signal: 'SIGHUP', to: 'its group' },
    ] as const;
    await Promise.all(
      [folder, ...others].map(async (own, index) => {
        const run = await own.npmStart();
        await run.printed(UP);
        const { signal = 'SIGTERM', to = 'npm' } = cases[index] ?? {};
        const npm = run.process.pid ?? 0;
        process.kill(to === 'npm' ? npm : -npm, signal);
        await run.ended(); // npm and all that write to its output
        const what = `${signal} to ${to}`;
        const stopping = run.output().slice(run.output().indexOf('stopping the apps'));
        expect([what, stopping.match(/drained/g)?.length]).toEqual([what, 4]);
        expect(stopping.lastIndexOf('drained')).toBeLessThan(stopping.indexOf('stopping Kafka and PostgreSQL'));
        expect([what, await own.openPorts()]).toEqual([what, []]);
      }),
    );
    await Promise.all(others.map((own) => own.remove()));
  });

  it('F76 starts the same whatever the shell holds, and the apps see only what is theirs', async () => {
    const hostile = { PGSSLMODE: 'require', PGHOST: 'nowhere.invalid', NODE_ENV: 'production', TZ: 'Pacific/Apia' };
    const run = folder.start([], {
      ...hostile,
      JAVA_TOOL_OPTIONS: '-Xbroken',
      LC_ALL: 'tr_TR',
      ADMIN_TOKEN: 'secret-token',
    });
    await run.printed(UP);
    const seen = await folder.environmentOf('payment');
    expect(seen).toMatchObject({ TZ: 'UTC', LC_ALL: 'C.UTF-8', ADMIN_TOKEN: 'secret-token' });
    expect(Object.keys(seen)).toEqual(
      expect.not.arrayContaining(['PGSSLMODE', 'PGHOST', 'NODE_ENV', 'JAVA_TOOL_OPTIONS']),
    );
    // And details are in the log alone.
    expect(run.output()).not.toContain('a detail');
    expect(readFileSync(join(folder.path, '.waybill/logs/payment.log'), 'utf8')).toContain('a detail');
  });
});

async function until(condition: () => Promise<boolean>): Promise<void> {
  while (!(await condition())) {
    await sleep(50);
  }
}

/** NaN while there is none. */
function postgresPid(path: string): number {
  try {
    return Number.parseInt(readFileSync(join(path, '.waybill/postgres/data/postmaster.pid'), 'utf8'), 10);
  } catch {
    return Number.NaN;
  }
}
