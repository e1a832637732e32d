// Builds the console's page into dist/console: scripts, one style, nothing of another machine. Part of npm run build.
import { cpSync, mkdirSync, rmSync } from 'node:fs';

import { build } from 'esbuild';

const FROM = 'libs/console/page';
const TO = 'dist/console';
/** Of script, uncompressed, that a screen may cost before it shows anything. */
const MOST_BYTES = 60_000;

rmSync(TO, { recursive: true, force: true });
mkdirSync(TO, { recursive: true });
const { metafile } = await build({
  entryPoints: { app: `${FROM}/main.tsx` },
  outdir: TO,
  bundle: true,
  splitting: true, // screens that are opened less often are loaded when they are
  chunkNames: '[name]-[hash]',
  format: 'esm',
  platform: 'browser',
  target: ['es2023', 'chrome123', 'firefox120', 'safari17.5'],
  jsx: 'automatic',
  jsxImportSource: 'preact',
  tsconfig: `${FROM}/tsconfig.json`,
  minify: true,
  legalComments: 'none',
  metafile: true,
  logLevel: 'warning',
});
await build({ entryPoints: { app: `${FROM}/style.css` }, outdir: TO, bundle: true, minify: true, logLevel: 'warning' });
for (const name of ['index.html', 'icon.svg']) cpSync(`${FROM}/${name}`, `${TO}/${name}`);

const outputs = metafile.outputs;
const app = closure(`${TO}/app.js`);
const screens = Object.keys(outputs).filter((name) => outputs[name].entryPoint !== undefined);
const costs = screens.map((name) => bytesOf(new Set([...app, ...closure(name)])));
const most = Math.max(...costs);
if (most > MOST_BYTES)
  throw new Error(`A screen of the console costs ${most} bytes of script, and may cost ${MOST_BYTES}.`);
console.log(`console: ${bytesOf(app)} bytes of script at first, ${most} with the largest screen`);

/** What is loaded with it. */
function closure(name, found = new Set()) {
  if (found.has(name)) return found;
  found.add(name);
  for (const { path, kind } of outputs[name].imports) if (kind === 'import-statement') closure(path, found);
  return found;
}

function bytesOf(names) {
  return [...names].reduce((sum, name) => sum + outputs[name].bytes, 0);
}
