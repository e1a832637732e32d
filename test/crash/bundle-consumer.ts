import { mkdirSync } from 'node:fs';
import { join } from 'node:path';

import { transformFile } from '@swc/core';
import { build } from 'esbuild';

/** Node 20 loads no TypeScript, and esbuild emits no decorator metadata: SWC compiles, esbuild bundles. @returns the file. */
export async function bundleConsumer(): Promise<string> {
  const root = process.cwd(); // Jest's: the repository
  const directory = join(root, '.waybill/cache');
  const outfile = join(directory, `consuming-process-${process.pid}.mjs`);
  mkdirSync(directory, { recursive: true });
  await build({
    absWorkingDir: root,
    entryPoints: ['test/crash/consuming-process.ts'],
    bundle: true,
    format: 'esm',
    logLevel: 'error',
    outfile,
    packages: 'external',
    platform: 'node',
    target: 'node20',
    tsconfig: 'tsconfig.json',
    plugins: [
      {
        name: 'swc',
        setup: ({ onLoad }) => {
          onLoad({ filter: /\.ts$/ }, async ({ path }) => ({ contents: await compile(path), loader: 'js' }));
        },
      },
    ],
  });
  return outfile;
}

async function compile(path: string): Promise<string> {
  const { code } = await transformFile(path, {
    swcrc: false,
    module: { type: 'es6' },
    jsc: {
      target: 'es2023',
      parser: { syntax: 'typescript', decorators: true },
      transform: { legacyDecorator: true, decoratorMetadata: true, useDefineForClassFields: false },
      keepClassNames: true,
    },
  });
  return code;
}
