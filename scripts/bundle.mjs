// Makes one file, and chunks that several share, of each app and of the CLI, in place of what the compiler wrote for its entry. A process
// then reads 10 files instead of 3,800, and starts with a quarter of the CPU time: at every start, restart and test.
//   node scripts/bundle.mjs, after the compiler
import { build } from 'esbuild';

import { SERVICE_NAMES } from '../dist/libs/contracts/src/services.js';

const LEFT_OUT = [
  'lz4-napi', // native
  'snappy',
  'pino', // looks for files beside it
  'swagger-ui-dist',
  'reflect-metadata', // must run before everything else, and chunks have no order
];

/** Packages that others would use if they were installed. */
const leaveOutWhatIsMissing = {
  name: 'leave-out-what-is-missing',
  setup({ onResolve, resolve }) {
    onResolve({ filter: /^[^./]/ }, async ({ path, kind, resolveDir, pluginData }) => {
      if (pluginData === leaveOutWhatIsMissing) return undefined;
      const { errors } = await resolve(path, { kind, resolveDir, pluginData: leaveOutWhatIsMissing });
      return errors.length > 0 ? { path, external: true } : undefined;
    });
  },
};

const entries = [...SERVICE_NAMES.map((name) => `apps/${name}/src/main`), 'cli/main'];
await build({
  entryPoints: Object.fromEntries(entries.map((entry) => [entry, `dist/${entry}.js`])),
  outdir: 'dist',
  allowOverwrite: true,
  chunkNames: 'chunks/[name]-[hash]',
  bundle: true,
  splitting: true,
  format: 'esm',
  platform: 'node',
  target: 'node20',
  keepNames: true, // Nest shows classes by their names
  sourcemap: 'linked',
  sourcesContent: false,
  external: LEFT_OUT,
  plugins: [leaveOutWhatIsMissing],
  // What is CommonJS inside asks for Node's own modules in this way.
  banner: {
    js: `import { createRequire as requireFrom } from 'node:module'; const require = requireFrom(import.meta.url);`,
  },
  logLevel: 'error',
});
