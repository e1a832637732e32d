// Keeps code in documentation equal to code that is compiled and tested. A line `<!-- path -->`, or `<!-- path#name -->` for the part of
// the file between the lines `// #region name` and `// #endregion`, owns the fenced block below it. Every file that a page names between
// backticks must exist, but in the changelog and the decisions: `a/b.spec.ts`, `b.spec` and `a/**/*.ts` name those whose paths end so. Part of npm run check.
//   node scripts/doc-code.mjs          fails where a block differs
//   node scripts/doc-code.mjs --write  writes the blocks
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';

const write = process.argv.includes('--write');
const BLOCK = /^<!-- ([\w./-]+\.ts)(?:#([\w-]+))? -->\n(?:```ts\n[^]*?\n```\n)?/gm;

/** A file of ours; or, by its folder, anything below one of the roots. */
const NAMED =
  /`((?:[\w.*-]+\/)*[\w.*-]+(?:\.(?:ts|mjs|cjs|md)|\.(?:int-|e2e-)?spec)|(?:apps\/(?!loyalty)|(?:libs|docs|test|cli|scripts)\/)[\w./-]+)`/g;

const files = ['.', 'apps', 'libs', 'cli', 'scripts', 'bench', 'test', 'examples', 'docs'].flatMap((root) =>
  readdirSync(root, { recursive: root !== '.' }).map((path) => join(root, path)),
);
const pages = [
  ...readdirSync('.').filter((path) => path.endsWith('.md')),
  ...['apps', 'libs', 'docs'].flatMap((root) =>
    readdirSync(root, { recursive: true })
      .filter((path) => path.endsWith('.md'))
      .map((path) => join(root, path)),
  ),
];
const faults = [];
let blocks = 0;
for (const page of pages) {
  const text = readFileSync(page, 'utf8');
  const current = text.replace(BLOCK, (block, path, region) => {
    blocks += 1;
    const mark = `<!-- ${path}${region === undefined ? '' : `#${region}`} -->`;
    const code = codeOf(path, region);
    if (code === undefined) {
      faults.push(`${page}: there is no ${mark}`);
      return block;
    }
    return `${mark}\n\`\`\`ts\n${code}\n\`\`\`\n`;
  });
  for (const fence of text.matchAll(/(?:^|\n)(?!<!-- [^\n]* -->\n)[^\n]*\n```ts\n([^\n]*)/g)) {
    faults.push(`${page}: "${fence[1]}" begins code that is cut from no file`);
  }
  const isHistory = page.startsWith('docs/adr') || page === 'CHANGELOG.md';
  for (const [, path] of isHistory ? [] : text.matchAll(NAMED)) {
    if (!isThere(path)) faults.push(`${page}: there is no ${path}`);
  }
  if (current === text) continue;
  if (write) writeFileSync(page, current);
  else faults.push(`${page}: its code differs from the files; npm run docs:code writes it`);
}
for (const fault of faults) console.error(fault);
if (faults.length > 0) process.exit(1);
console.log(`documentation: ${blocks} blocks of code, equal to the files that they come from`);

function isThere(path) {
  if (existsSync(path)) return true;
  const pattern = path
    .replace(/[.+]/g, '\\$&')
    .replace(/\*\*\/|\*/g, (stars) => (stars === '*' ? '[^/]*' : '(?:.*/)?'));
  const ending = new RegExp(`(?:^|/)${pattern}(?:\\.ts)?$`);
  return files.some((file) => ending.test(file));
}

function codeOf(path, region) {
  if (!existsSync(path)) return undefined;
  const lines = readFileSync(path, 'utf8').trimEnd().split('\n');
  if (region === undefined) return lines.join('\n');
  const begin = lines.findIndex((line) => line.trim() === `// #region ${region}`);
  const end = lines.findIndex((line, index) => index > begin && line.trim() === '// #endregion');
  if (begin < 0 || end < 0) return undefined;
  const part = lines.slice(begin + 1, end);
  const indent = Math.min(...part.filter((line) => line !== '').map((line) => line.search(/\S/)));
  return part.map((line) => line.slice(indent)).join('\n');
}
