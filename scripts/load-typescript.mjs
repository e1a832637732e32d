// For scripts that run before a build: Node 20 loads no TypeScript and knows no path aliases, so esbuild bundles what they import.
import { mkdirSync, rmSync } from 'node:fs';
import { basename, join } from 'node:path';
import process from 'node:process';
import { pathToFileURL } from 'node:url';

import { build } from 'esbuild';

const root = join(import.meta.dirname, '..');

/** @param {string} path of a module, from the root of the repository */
export async function loadTypeScript(path) {
  const cache = join(root, '.waybill/cache');
  const bundle = join(cache, `${basename(path, '.ts')}-${process.pid}.mjs`);
  mkdirSync(cache, { recursive: true });
  await build({
    absWorkingDir: root,
    entryPoints: [path],
    bundle: true,
    format: 'esm',
    logLevel: 'error',
    outfile: bundle,
    packages: 'external',
    platform: 'node',
    sourcemap: 'inline',
    target: 'node20',
    tsconfig: 'tsconfig.json',
  });
  try {
    return await import(pathToFileURL(bundle).href);
  } finally {
    rmSync(bundle);
  }
}
