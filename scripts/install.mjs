// Makes a clean clone runnable: `npm start` and `npm test` run it first, by npm's own pre-hooks. So it needs nothing but Node itself.
//   node scripts/install.mjs [--build]
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';

const OLDEST_NODE = [20, 19];
const FIRST_UNKNOWN_NODE = 27;
const SOURCES = [
  'apps',
  'libs',
  'cli',
  'scripts',
  'bench',
  '.swcrc',
  'nest-cli.json',
  'tsconfig.json',
  'package-lock.json',
];
/** Whatever NODE_ENV, npm_config_* or an .npmrc leave out or redirect: the build and the tests need it all, and here. */
const EVERYTHING = ['--include=dev', '--include=optional', '--include=peer', '--no-global', '--no-dry-run'];
const BUILD_STAMP = 'dist/.built';

checkNode(process.versions.node);
if (!isInstalled()) {
  announce('installing dependencies (npm ci)');
  // Errors alone: on the oldest Nodes, npm warns in fifty lines of tools that ask for a newer one, and work.
  npm('ci', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error', ...EVERYTHING);
}
if (process.argv.includes('--build') && !isBuilt()) {
  announce('building');
  const startedAt = new Date();
  run(process.execPath, ['node_modules/@nestjs/cli/bin/nest.js', 'build']);
  run(process.execPath, ['scripts/build-console.mjs']);
  run(process.execPath, ['scripts/bundle.mjs']);
  writeFileSync(BUILD_STAMP, '');
  utimesSync(BUILD_STAMP, startedAt, startedAt); // what was saved during the build is newer, and is built next time
}

function checkNode(version) {
  const [major, minor] = version.split('.').map(Number);
  const [oldestMajor, oldestMinor] = OLDEST_NODE;
  if (major < oldestMajor || (major === oldestMajor && minor < oldestMinor) || major >= FIRST_UNKNOWN_NODE) {
    fail(
      `Waybill needs Node ${OLDEST_NODE.join('.')} to ${FIRST_UNKNOWN_NODE - 1}, and this is Node ${version}. Install another version (https://nodejs.org, or "nvm install" in this folder), then try again.`,
    );
  }
}

/** Whether node_modules holds what package-lock.json asks for; by content, as checkouts and copies set file times at will. */
function isInstalled() {
  const installed = packages('node_modules/.package-lock.json'); // npm writes it when an installation is complete
  return (
    installed !== undefined &&
    Object.entries(packages('package-lock.json') ?? {}).every(
      ([path, { version, optional }]) =>
        path === '' || installed[path]?.version === version || (optional && installed[path] === undefined),
    )
  );
}

function packages(lockFile) {
  try {
    return JSON.parse(readFileSync(lockFile, 'utf8')).packages;
  } catch {
    return undefined;
  }
}

function isBuilt() {
  return existsSync(BUILD_STAMP) && Math.max(...SOURCES.map(newest)) <= statSync(BUILD_STAMP).mtimeMs;
}

/** A folder's own time counts too: it tells of removed files. */
function newest(path) {
  const status = statSync(path, { throwIfNoEntry: false });
  if (status === undefined) {
    return 0;
  }
  const children = status.isDirectory() ? readdirSync(path).map((name) => newest(join(path, name))) : [];
  return Math.max(status.mtimeMs, ...children);
}

function npm(...args) {
  const cli = process.env.npm_execpath; // the very npm that runs this hook
  if (cli !== undefined && /\.[cm]?js$/.test(cli)) {
    run(process.execPath, [cli, ...args]);
  } else {
    run(cli ?? 'npm', args, process.platform === 'win32');
  }
}

function run(file, args, shell = false) {
  const { status, error } = spawnSync(file, args, { stdio: 'inherit', shell });
  if (status !== 0) {
    fail(`"${[file, ...args].join(' ')}" failed${error ? `: ${error.message}` : ''}.`);
  }
}

function announce(text) {
  process.stderr.write(`waybill: ${text}\n`);
}

function fail(text) {
  process.stderr.write(`\nwaybill: ${text}\n`);
  process.exit(1);
}
