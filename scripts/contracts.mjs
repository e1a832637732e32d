// Holds the contracts to what was released of them (libs/contracts/released), in every version that the history has of it, and the fixtures
// to what they were when they came. Part of npm run check.
//   node scripts/contracts.mjs check    fails on every break, naming field, kind and way out
//   node scripts/contracts.mjs release  writes what is defined now, unless something is broken
// --released FOLDER compares with, and writes to, another folder.
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path/posix'; // as git names files, on Windows too
import process from 'node:process';
import { parseArgs } from 'node:util';

import { loadTypeScript } from './load-typescript.mjs';

const FIXTURES = 'libs/contracts/fixtures';
const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: { released: { type: 'string', default: 'libs/contracts/released' } },
});
const [command = 'check'] = positionals;
const folder = values.released;
const { allContracts, compareContracts, releasedForm } = await loadTypeScript('libs/contracts/src/index.ts');

const released = new Map(
  (existsSync(folder) ? readdirSync(folder) : []).map((file) => [file, readFileSync(join(folder, file), 'utf8')]),
);
const faults = [...broken(), ...alteredFixtures()];
for (const fault of faults) console.error(fault);
if (faults.length > 0) process.exit(1);
if (command === 'release') release();
else
  console.log(`contracts: ${allContracts.length} defined, ${released.size} released, nothing broken${historyNote()}`);

function broken() {
  const past = pastOf(folder);
  const isDefined = (path) => allContracts.some(({ type }) => path === join(folder, `${type}.json`));
  const isReleased = (path) => released.has(basename(path));
  const texts = [...past].flatMap(([path, each]) => (isReleased(path) || isDefined(path) ? each : []));
  const versions = [...released.values(), ...texts];
  const found = [...new Set(versions)].flatMap((text) => compareContracts([JSON.parse(text)], allContracts));
  const messages = found.map(
    ({ type, at, kind, message, wayOut }) => `${type} ${at} ${kind}: ${message}. Instead: ${wayOut}.`,
  );
  return [...new Set(messages)];
}

/** What a fixture says was sent once, and can come again. */
function alteredFixtures() {
  const past = pastOf(FIXTURES);
  const fixtures = readdirSync(FIXTURES);
  return [...new Set([...fixtures, ...released.keys()])].flatMap((file) => {
    const path = join(FIXTURES, file);
    if (!fixtures.includes(file))
      return [`${path} is missing. Instead: keep it for as long as ${join(folder, file)} is there.`];
    const first = past.get(path)?.at(-1);
    if (first === undefined || first === readFileSync(path, 'utf8')) return [];
    return [
      `${path} differs from what it was when it came. Instead: restore it, and add a fixture for a new version beside it.`,
    ];
  });
}

/** Every text that the files of a folder ever had, newest first; nothing outside a repository, what there is in a shallow copy. */
function pastOf(path) {
  const changes = git(['log', '--format=', '--raw', '--relative', '--no-abbrev', '--no-renames', '--', path]);
  const blobs = [...changes.matchAll(/^:\d+ \d+ \w+ (\w+) [AM]\t(.+)$/gm)].map(([, blob, file]) => ({ blob, file }));
  const texts = readBlobs([...new Set(blobs.map(({ blob }) => blob))]);
  const past = new Map();
  for (const { blob, file } of blobs) past.set(file, [...(past.get(file) ?? []), texts.get(blob)]);
  return past;
}

/** A change that was released over again shows in the history alone. */
function historyNote() {
  const isShallow = git(['rev-parse', '--is-shallow-repository']).trim();
  if (isShallow === 'false') return '';
  const lacking = isShallow === 'true' ? 'a shallow clone has not all of the history' : 'git gave no history';
  return `; ${lacking}, so a released file that was overwritten is not noticed`;
}

function readBlobs(ids) {
  const answer = Buffer.from(git(['cat-file', '--batch'], ids.join('\n')), 'utf8');
  const texts = new Map();
  for (let at = 0; at < answer.length;) {
    const end = answer.indexOf('\n', at);
    const [id, , size] = answer.toString('utf8', at, end).split(' ');
    texts.set(id, answer.toString('utf8', end + 1, end + 1 + Number(size)));
    at = end + 1 + Number(size) + 1;
  }
  return texts;
}

function git(args, input = '') {
  try {
    return execFileSync('git', args, { encoding: 'utf8', input, stdio: ['pipe', 'pipe', 'ignore'], maxBuffer: 1e8 });
  } catch {
    return ''; // no git, or no repository
  }
}

function release() {
  mkdirSync(folder, { recursive: true });
  for (const contract of allContracts) {
    const path = join(folder, `${contract.type}.json`);
    const text = `${JSON.stringify(releasedForm(contract), null, 2)}\n`;
    if (released.get(`${contract.type}.json`) === text) continue;
    console.log(`${released.has(`${contract.type}.json`) ? 'extended' : 'new'}: ${path}`);
    writeFileSync(path, text);
  }
}
