// Compares docs/failure-modes.md with the specs, in both directions. Part of npm run check.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';

const ROOTS = ['apps', 'libs', 'cli', 'scripts', 'test', 'examples'];
const CATALOGUE = 'docs/failure-modes.md';
const ROW = /^\| (F\d+) \|.*\| ([^|]+) \|$/;
const CITATION = /^`([^`]+)`: (.+)$/;

const faults = [];
const known = new Set();

for (const line of readFileSync(CATALOGUE, 'utf8').split('\n')) {
  const [, number, tests] = ROW.exec(line) ?? [];
  if (number === undefined) continue;
  if (known.has(number)) faults.push(`${number} is there twice`);
  known.add(number);
  for (const citation of tests.split('<br>')) checkCitation(number, citation);
}

for (const spec of ROOTS.filter((root) => existsSync(root)).flatMap(specsIn)) {
  for (const [number] of readFileSync(spec, 'utf8').matchAll(/(?<![\w\\])F\d{1,2}(?!\w)/g)) {
    if (!known.has(number)) faults.push(`${spec} names ${number}, which isn't in the catalogue`);
  }
}

for (const fault of faults) console.error(`${CATALOGUE}: ${fault}`);
if (faults.length > 0) process.exit(1);
console.log(`${CATALOGUE}: ${known.size} failure modes, each with its test`);

function checkCitation(number, citation) {
  const [, path, title] = CITATION.exec(citation) ?? [];
  const text = path !== undefined && existsSync(path) ? readFileSync(path, 'utf8') : undefined;
  if (path === undefined) faults.push(`${number}: "${citation}" isn't written as \`path\`: words of the title`);
  else if (text === undefined) faults.push(`${number}: there is no ${path}`);
  else if (!text.includes(title)) faults.push(`${number}: ${path} has no "${title}"`);
  else if (!new RegExp(`\\b${number}\\b`).test(text)) faults.push(`${number}: ${path} doesn't name it`);
}

function specsIn(root) {
  return readdirSync(root, { recursive: true })
    .filter((path) => path.endsWith(root === 'test' ? '.ts' : 'spec.ts'))
    .map((path) => join(root, path));
}
