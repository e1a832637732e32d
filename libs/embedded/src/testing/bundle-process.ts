import { basename, join } from 'node:path';

import { transformFile } from '@swc/core';
import { build } from 'esbuild';

import { LEFT_OUT, leaveOutWhatIsMissing } from './bundled-packages.js';

/**
 * Makes one file of a program, for a test to run as a process of its own: Node 20 loads no TypeScript, and esbuild emits no
 * decorator metadata, so SWC compiles and esbuild bundles, packages included: they would take most of the time of each start.
 * @param entry from the root of the repository
 * @returns the file, which is this process's own; remove it afterwards
 */
export async function bundleProcess(entry: string): Promise<string> {
  const root = process.cwd(); // Jest's: the repository
  const outfile = join(root, '.waybill/cache', `${basename(entry, '.ts')}-${process.pid}.mjs`);
  await build({
    absWorkingDir: root,
    entryPoints: [entry],
    bundle: true,
    format: 'esm',
    logLevel: 'error',
    outfile,
    external: [...LEFT_OUT],
    platform: 'node',
    target: 'node20',
    tsconfig: 'tsconfig.json',
    keepNames: true,
    // What is CommonJS inside asks for Node's own modules in this way.
    banner: {
      js: `import { createRequire as requireFrom } from 'node:module'; const require = requireFrom(import.meta.url);`,
    },
    plugins: [
      leaveOutWhatIsMissing,
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
