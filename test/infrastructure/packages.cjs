// Jest evaluates every module anew for every spec file, and the packages are 3,000 modules. In a few bundles they take half of the time,
// and are what production has, too: see scripts/bundle.mjs.
const { createHash } = require('node:crypto');
const { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } = require('node:fs');
const { join, resolve } = require('node:path');

const { build } = require('esbuild');

/** By bundle, what is imported of it. A bundle is compiled as a whole: what is imported alone should be in one of its own. */
const BUNDLES = {
  nest: [
    '@nestjs/common',
    '@nestjs/core',
    '@nestjs/cqrs',
    '@nestjs/microservices',
    '@nestjs/platform-express',
    '@nestjs/swagger',
    '@nestjs/testing',
    'class-transformer',
    'class-validator',
    'express',
    'rxjs',
  ],
  typeorm: ['pg', 'typeorm'],
  kafkajs: [
    'kafkajs',
    'kafkajs/src/consumer/consumerGroup.js',
    'kafkajs/src/consumer/runner.js',
    'kafkajs/src/errors.js',
    'kafkajs/src/network/requestQueue/index.js',
    'kafkajs/src/protocol/decoder.js',
    'kafkajs/src/protocol/messageSet/decoder.js',
    'kafkajs/src/protocol/recordBatch/crc32C/index.js',
    'kafkajs/src/protocol/recordBatch/v0/decoder.js',
    'kafkajs/src/protocol/requests/fetch/v11/response.js',
  ],
  typebox: ['typebox', 'typebox/compile'],
};
const OUTSIDE = ['reflect-metadata', 'swagger-ui-dist'];

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

/**
 * Makes the bundles, unless they are there for these versions of the packages.
 * @param root the repository
 * @returns for Jest's `moduleNameMapper`
 */
exports.bundlePackages = async (root) => {
  const hash = createHash('sha256');
  for (const file of [join(root, 'package-lock.json'), __filename]) hash.update(readFileSync(file));
  const folder = resolve(root, '.waybill/cache', `test-packages-${hash.digest('hex').slice(0, 12)}`);
  if (!existsSync(folder)) {
    const made = `${folder}.${process.pid}`;
    await Promise.all(Object.keys(BUNDLES).map((bundle) => makeBundle(root, bundle, made)));
    try {
      renameSync(made, folder);
    } catch (error) {
      if (!existsSync(folder)) throw error;
      rmSync(made, { recursive: true }); // another run was faster
    }
  }
  return Object.fromEntries(
    Object.values(BUNDLES)
      .flat()
      .map((name) => [`^${name.replaceAll('.', '\\.')}$`, join(folder, fileOf(name))]),
  );
};

const fileOf = (name) => `${name.replaceAll(/[^\w-]/g, '_')}.cjs`;

async function makeBundle(root, bundle, folder) {
  const names = BUNDLES[bundle];
  await build({
    stdin: {
      contents: names.map((name) => `exports['${name}'] = () => require('${name}');`).join('\n'),
      resolveDir: resolve(root),
    },
    outfile: join(folder, `bundle-${bundle}.cjs`),
    bundle: true,
    format: 'cjs',
    platform: 'node',
    target: 'node20',
    minifySyntax: true,
    keepNames: true,
    external: [...OUTSIDE, ...Object.values(BUNDLES).flatMap((others) => (others === names ? [] : others))],
    plugins: [leaveOutWhatIsMissing],
    define: { 'import.meta.url': 'importMetaUrl' },
    banner: { js: `const importMetaUrl = require('node:url').pathToFileURL(__filename).href;` },
    logLevel: 'error',
  });
  mkdirSync(folder, { recursive: true });
  for (const name of names) {
    writeFileSync(join(folder, fileOf(name)), `module.exports = require('./bundle-${bundle}.cjs')['${name}']();\n`);
  }
}
