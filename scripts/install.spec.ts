import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';

const script = resolve('scripts/install.mjs');

describe('scripts/install.mjs', () => {
  let folder: string;
  const write = (path: string, content: string) => {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), content);
  };
  const lockOf = (packages: object) => JSON.stringify({ packages: { '': {}, ...packages } });
  const run = (...args: string[]) => {
    const { status, stderr } = spawnSync(process.execPath, [script, ...args], {
      cwd: folder,
      encoding: 'utf8',
      env: { ...process.env, npm_execpath: join(folder, 'npm.cjs') },
    });
    return { status, stderr };
  };
  /** What the stand-ins for npm and the Nest CLI were called with. */
  const calls = () =>
    existsSync(join(folder, 'calls')) ? readFileSync(join(folder, 'calls'), 'utf8').trim().split('\n') : [];
  const record = (name: string) =>
    `const fs = require('fs'); fs.appendFileSync('calls', '${name} ' + process.argv.slice(2).join(' ') + '\\n');`;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'waybill-install-'));
    write('npm.cjs', `${record('npm')} fs.cpSync('package-lock.json', 'node_modules/.package-lock.json');`);
    write('node_modules/@nestjs/cli/bin/nest.js', `${record('nest')} fs.mkdirSync('dist', { recursive: true });`);
    write('scripts/build-console.mjs', `import fs from 'node:fs'; fs.appendFileSync('calls', 'console\\n');`);
    write('scripts/bundle.mjs', `import fs from 'node:fs'; fs.appendFileSync('calls', 'bundle\\n');`);
    write(
      'package-lock.json',
      lockOf({ 'node_modules/a': { version: '1.0.0' }, 'node_modules/win': { version: '1.0.0', optional: true } }),
    );
    write('node_modules/.package-lock.json', lockOf({ 'node_modules/a': { version: '1.0.0' } }));
    write('apps/order/src/main.ts', '');
  });

  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it('does nothing when what the lock file asks for is there; an optional package of another platform may be missing', () => {
    expect(run()).toEqual({ status: 0, stderr: '' });
    expect(calls()).toEqual([]);
  });

  it.each([
    ['nothing is installed', undefined],
    ['a package is missing', {}],
    ['a package has another version', { 'node_modules/a': { version: '0.9.0' } }],
  ])('installs from the lock file, without install scripts, when %s', (_, installed) => {
    rmSync(join(folder, 'node_modules/.package-lock.json'));
    if (installed !== undefined) {
      write('node_modules/.package-lock.json', lockOf(installed));
    }
    expect(run().status).toBe(0);
    expect(calls()).toEqual([
      'npm ci --ignore-scripts --no-audit --no-fund --loglevel=error --include=dev --include=optional --include=peer --no-global --no-dry-run',
    ]);
    expect(run().status).toBe(0);
    expect(calls()).toHaveLength(1);
  });

  it('builds when asked, once, and again after a source has changed', () => {
    expect(run('--build').status).toBe(0);
    expect(run('--build').status).toBe(0);
    expect(calls()).toEqual(['nest build', 'console', 'bundle']);
    const later = new Date(Date.now() + 5000);
    utimesSync(join(folder, 'apps/order/src/main.ts'), later, later);
    expect(run('--build').status).toBe(0);
    expect(calls()).toHaveLength(6);
  });

  it('stops with one sentence when the installation fails', () => {
    rmSync(join(folder, 'node_modules/.package-lock.json'));
    write('npm.cjs', 'process.exit(3)');
    const { status, stderr } = run();
    expect(status).toBe(1);
    expect(stderr).toMatch(/npm\.cjs ci .* failed\.\n$/);
  });
});
