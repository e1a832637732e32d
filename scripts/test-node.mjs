// npm run test:node -- 24: build, start and a smoke test under another Node, taken from npm. Versions: 20.19, 22, 24, 26, …
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, rmSync } from 'node:fs';
import { delimiter, join, resolve } from 'node:path';
import process from 'node:process';

const version = process.argv[2];
if (version === undefined || !/^\d+(\.\d+){0,2}$/.test(version)) {
  console.error('Usage: npm run test:node -- <version>, for example 24 or 20.19');
  process.exit(2);
}
// The binary packages of npm's package `node`; that one itself only chooses among them in an install script, which we don't run.
const packageName = `node-${process.platform === 'win32' ? 'win' : process.platform}-${process.arch}`;
const home = resolve('.waybill/cache', `node-${version}`);
const bin = join(home, 'node_modules', packageName, 'bin');
const node = join(bin, process.platform === 'win32' ? 'node.exe' : 'node');

const env = { ...process.env, PATH: `${bin}${delimiter}${process.env.PATH}` };

if (!existsSync(node)) {
  mkdirSync(home, { recursive: true });
  npm(
    'install',
    '--prefix',
    home,
    '--ignore-scripts',
    '--no-audit',
    '--no-fund',
    '--no-save',
    `${packageName}@${version}`,
  );
}
rmSync('dist/.built', { force: true }); // the build is part of the test
run(node, ['--version']);
run(node, ['scripts/install.mjs', '--build']);
run(node, ['scripts/smoke.mjs']);

function npm(...args) {
  const cli = process.env.npm_execpath;
  if (cli !== undefined && /\.[cm]?js$/.test(cli)) {
    run(process.execPath, [cli, ...args]);
  } else {
    run('npm', args, process.platform === 'win32');
  }
}

function run(file, args, shell = false) {
  const { status, error } = spawnSync(file, args, { stdio: 'inherit', env, shell });
  if (status !== 0) {
    console.error(`"${[file, ...args].join(' ')}" failed${error ? `: ${error.message}` : ''}.`);
    process.exit(1);
  }
}
