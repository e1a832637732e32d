import type { Plugin } from 'esbuild';

/** Packages that can't be put into a bundle. */
export const LEFT_OUT: readonly string[] = [
  '@platformatic/kafka', // brings native and WebAssembly files, and is seldom chosen
  'lz4-napi', // native
  'snappy',
  'pino', // looks for files beside it
  'swagger-ui-dist',
];

/** For esbuild: packages that others would use if they were installed stay outside. */
export const leaveOutWhatIsMissing: Plugin = {
  name: 'leave-out-what-is-missing',
  setup({ onResolve, resolve }) {
    onResolve({ filter: /^[^./]/ }, async ({ path, kind, resolveDir, pluginData }) => {
      if (pluginData === leaveOutWhatIsMissing) return undefined;
      const { errors } = await resolve(path, { kind, resolveDir, pluginData: leaveOutWhatIsMissing });
      return errors.length > 0 ? { path, external: true } : undefined;
    });
  },
};
