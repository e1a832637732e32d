// A lib's index is its contract: what it exports is used outside the lib, or explained in one of its READMEs. Part of npm run check.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';

const ROOTS = ['apps', 'libs', 'cli', 'scripts', 'bench', 'test', 'examples'];
const NAMES = /\b(?:import|export)\s+(?:type\s+)?\{([^}]*)\}(?:\s*from\s*'([^']+)')?/g;

const paths = ROOTS.flatMap((root) => readdirSync(root, { recursive: true }).map((path) => join(root, path)));
const used = new Set();
for (const path of paths.filter((each) => each.endsWith('.ts'))) {
  for (const { names, from } of listsOf(path)) for (const name of names) used.add(`${from} ${name}`);
}

let count = 0;
const faults = [];
for (const lib of readdirSync('libs')) {
  const pages = paths.filter((path) => path.startsWith(join('libs', lib)) && path.endsWith('.md'));
  const explained = new Set(pages.flatMap((page) => readFileSync(page, 'utf8').match(/\w+/g) ?? []));
  for (const door of ['', '/testing']) {
    const index = join('libs', lib, 'src', door, 'index.ts');
    if (!existsSync(index)) continue;
    for (const name of listsOf(index).flatMap(({ names }) => names)) {
      count += 1;
      if (used.has(`@waybill/${lib}${door} ${name}`) || explained.has(name)) continue;
      faults.push(`${index}: nobody outside uses ${name}, and no README of the lib explains it`);
    }
  }
}
for (const fault of faults) console.error(fault);
if (faults.length > 0) process.exit(1);
console.log(`exports: ${count}, each used outside its lib or explained in its README`);

/** The names of each list in braces that is imported or exported, as they are called at the other side. */
function listsOf(path) {
  return [...readFileSync(path, 'utf8').matchAll(NAMES)].map(([, list, from]) => ({
    from,
    names: list.split(',').flatMap((each) => /^\s*(?:type\s+)?(\w+)/.exec(each)?.[1] ?? []),
  }));
}
