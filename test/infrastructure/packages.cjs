// The packages are 3,000 modules. Jest would evaluate them anew for every spec file, and the ones that are ESM only it can't load at all on
// Node 20. In one bundle they are read at once and are CommonJS; see worker-modules.cjs for who evaluates it.
const { createHash } = require('node:crypto');
const { existsSync, mkdirSync, readFileSync, renameSync } = require('node:fs');
const { dirname, join, relative, resolve } = require('node:path');

/** What is imported of them. */
const BUNDLED = [
  '@nestjs/common',
  '@nestjs/core',
  '@nestjs/cqrs',
  '@nestjs/microservices',
  '@nestjs/platform-express',
  '@nestjs/swagger',
  '@nestjs/testing',
  '@platformatic/kafka',
  'class-transformer',
  'class-validator',
  'express',
  'kafkajs',
  'kafkajs/src/cluster/index.js',
  'kafkajs/src/consumer/consumerGroup.js',
  'kafkajs/src/consumer/runner.js',
  'kafkajs/src/errors.js',
  'kafkajs/src/network/requestQueue/index.js',
  'kafkajs/src/protocol/decoder.js',
  'kafkajs/src/protocol/encoder.js',
  'kafkajs/src/protocol/messageSet/decoder.js',
  'kafkajs/src/protocol/recordBatch/crc32C/index.js',
  'kafkajs/src/protocol/recordBatch/v0/decoder.js',
  'kafkajs/src/protocol/request.js',
  'kafkajs/src/protocol/requests/fetch/v11/response.js',
  'kafkajs/src/protocol/requests/index.js',
  'kafkajs/src/protocol/requests/produce/index.js',
  'kafkajs/src/protocol/requests/produce/v2/request.js',
  'kafkajs/src/protocol/requests/produce/v3/request.js',
  'pg',
  'rxjs',
  'supertest',
  'typebox',
  'typebox/compile',
  'typeorm',
  'uuid',
];
const OUTSIDE = ['reflect-metadata', 'swagger-ui-dist'];

exports.BUNDLED = BUNDLED;

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

/** Files look for others beside them. */
const keepOwnUrls = (root) => ({
  name: 'keep-own-urls',
  setup({ onLoad }) {
    onLoad({ filter: /\.m?js$/ }, ({ path }) => {
      const source = readFileSync(path, 'utf8');
      return source.includes('import.meta.url')
        ? {
            contents: source.replaceAll('import.meta.url', `urlOf(${JSON.stringify(relative(root, path))})`),
            loader: 'js',
          }
        : undefined;
    });
  },
});

/**
 * Makes the bundle, unless it is there for these versions of the packages. It exports a function for each name, which gives the package.
 * @param root the repository
 * @returns its path
 */
exports.bundlePackages = async (root) => {
  const hash = createHash('sha256');
  for (const file of [join(root, 'package-lock.json'), __filename]) hash.update(readFileSync(file));
  const path = resolve(root, '.waybill/cache', `test-packages-${hash.digest('hex').slice(0, 12)}.cjs`);
  if (existsSync(path)) return path;
  const made = `${path}.${process.pid}`;
  mkdirSync(dirname(path), { recursive: true });
  await require('esbuild').build({
    stdin: {
      contents: BUNDLED.map((name) => `exports['${name}'] = () => require('${name}');`).join('\n'),
      resolveDir: resolve(root),
    },
    outfile: made,
    bundle: true,
    format: 'cjs',
    platform: 'node',
    target: 'node20',
    minifySyntax: true,
    keepNames: true,
    external: OUTSIDE,
    plugins: [leaveOutWhatIsMissing, keepOwnUrls(root)],
    banner: {
      js: `const urlOf = (path) => require('node:url').pathToFileURL(require('node:path').join(__dirname, '../..', path)).href;`,
    },
    supported: { 'dynamic-import': false },
    logLevel: 'error',
  });
  renameSync(made, path);
  return path;
};
