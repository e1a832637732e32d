// Jest resolves neither path aliases nor `.js` for `.ts` in global set-up code, and Node 20 loads no TypeScript: esbuild bundles it.
import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

import { build } from 'esbuild';

const root = join(import.meta.dirname, '../..');
const bundle = join(root, `.waybill/cache/test-infrastructure-${process.pid}.mjs`);
mkdirSync(join(root, '.waybill/cache'), { recursive: true });
await build({
  absWorkingDir: root,
  entryPoints: ['test/infrastructure/infrastructure.ts'],
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
export const infrastructure = await import(pathToFileURL(bundle).href);
rmSync(bundle);
