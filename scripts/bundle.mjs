// Bundles the apps and the CLI with everything they import, compiles the bundles, and lets the entries that the compiler wrote run them. A
// process then reads a few files instead of 3,800, and compiles nothing: at every start, restart and test.
//   node scripts/bundle.mjs, after the compiler
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { dirname, relative } from 'node:path';
import process from 'node:process';

import { decode, encode } from '@jridgewell/sourcemap-codec';
import { build } from 'esbuild';

import { SERVICE_NAMES } from '../dist/libs/contracts/src/services.js';
import { chosenEnvironment } from '../dist/libs/embedded/src/processes/chosen-environment.js';
import { LEFT_OUT, leaveOutWhatIsMissing } from '../dist/libs/embedded/src/testing/bundled-packages.js';
import { compiledCodeOf } from '../dist/scripts/run-bundle.js';

const BUNDLES = {
  services: SERVICE_NAMES.map((name) => `apps/${name}/src/main`),
  lab: ['apps/lab/src/main'],
  cli: ['cli/main'],
};

/**
 * Classes keep their names, which Nest and errors show. Not by esbuild's `keepNames`: it gives every function its name when it is made, the closures
 * of each call included, which took 7 % of the CPU of an order, as V8 treats such functions as unlike each other.
 */
const nameClasses = {
  name: 'name-classes',
  setup({ onLoad }) {
    const head =
      /^(?:.*\*\/)?[ \t]*(?:export (?:default )?)?(?:(?:let|const|var) )?(?:[\w$.]+ = )*class (\w+)(?: extends [^{\n]+)? ?\{/gm;
    onLoad({ filter: /\.[cm]?js$/ }, async ({ path }) => {
      const text = await readFile(path, 'utf8');
      const contents = text.replaceAll(head, (start, name) => `${start} static { nameClass(this, '${name}'); }`);
      return contents === text ? undefined : { contents };
    });
  },
};

for (const [bundle, programs] of Object.entries(BUNDLES)) {
  await bundleOf(bundle, programs);
  for (const program of programs) {
    const runner = relative(dirname(`dist/${program}.js`), 'dist/scripts/run-bundle.js');
    writeFileSync(
      `dist/${program}.js`,
      `import { runBundle } from '${runner}';\n\nrunBundle('${bundle}', ['${program}']);\n`,
    );
  }
  compile(bundle, programs);
}

/** One file, in which each program is evaluated once it is asked for. */
async function bundleOf(bundle, programs) {
  await build({
    stdin: {
      contents: [
        `require('reflect-metadata');`, // before everything else
        ...programs.map((program) => `exports['${program}'] = () => require('./dist/${program}.js');`),
      ].join('\n'),
      resolveDir: '.',
    },
    outfile: `dist/bundles/${bundle}.cjs`,
    bundle: true,
    format: 'cjs',
    platform: 'node',
    target: 'node20',
    minify: true,
    lineLimit: 160, // of the line that Node shows above an uncaught error
    sourcemap: 'external',
    sourcesContent: false,
    external: LEFT_OUT,
    inject: ['scripts/name-class.mjs'],
    plugins: [leaveOutWhatIsMissing, nameClasses],
    define: { 'import.meta.url': 'importMetaUrl' },
    supported: { 'dynamic-import': false }, // compiled code can't have it, and what is CommonJS needn't
    logLevel: 'error',
  });
  escapeAll(`dist/bundles/${bundle}.cjs`);
  leaveOutPackages(`dist/bundles/${bundle}.cjs.map`);
}

/**
 * Keeps of a source map what leads to the lines of our own files. A process reads it for its first stack trace, and the map of all 4,600 took 0.7 s of CPU:
 * just when something had failed, a busy machine answered nobody for seconds, and lost its place in its consumer group.
 */
function leaveOutPackages(path) {
  const map = JSON.parse(readFileSync(path, 'utf8'));
  const isOurs = map.sources.map((source) => !source.includes('node_modules/'));
  const kept = map.sources.flatMap((source, index) => (isOurs[index] ? [index] : []));
  const places = new Map(kept.map((index, place) => [index, place]));
  const lines = decode(map.mappings).map((line) => {
    let last; // of ours, by file and line
    return line.flatMap(([column, source, ofLine, ofColumn]) => {
      const place = places.get(source);
      const now = place === undefined ? undefined : `${place}:${ofLine}`;
      if (now === last) return [];
      last = now;
      return [place === undefined ? [column] : [column, place, ofLine, ofColumn]]; // or nobody's, from here on
    });
  });
  const sources = kept.map((index) => map.sources[index]);
  writeFileSync(path, JSON.stringify({ ...map, sources, names: [], mappings: encode(lines) }));
}

/**
 * esbuild writes ASCII but for regular expressions and tagged templates, where an escape could mean something else; none of ours looks at the
 * raw text. The bundle is read as one byte a character.
 */
function escapeAll(path) {
  const escaped = (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`;
  writeFileSync(path, readFileSync(path, 'utf8').replaceAll(/[\u0080-\uffff]/g, escaped));
}

/** Runs the programs without any settings, which they refuse, and keeps what V8 has compiled meanwhile. */
function compile(bundle, programs) {
  const script = `
    import { existsSync, readFileSync, writeFileSync } from 'node:fs';
    import { compiledCodeOf, runBundle } from './dist/scripts/run-bundle.js';
    const compiled = runBundle('${bundle}', ${JSON.stringify(programs)});
    process.on('exit', () => writeFileSync(compiledCodeOf('${bundle}'), compiled.createCachedData()));`;
  const { stderr } = spawnSync(process.execPath, ['--input-type=module', '--eval', script], {
    env: chosenEnvironment(), // not the shell's DATABASE_URL
    encoding: 'utf8',
  });
  if (!existsSync(compiledCodeOf(bundle))) throw new Error(`The bundle ${bundle} can't be run:\n${stderr}`);
}
