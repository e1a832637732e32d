/** @jest-config-loader esbuild-register */
// Node >= 22.18 loads this file natively; on Node 20 Jest falls back to the loader named above.
// Production code is ESM. Tests are compiled to CommonJS by SWC, and so are the ESM-only packages listed below: Jest can
// neither require() ESM on Node < 24.9 nor mix CommonJS Nest plug-ins with ESM @nestjs/* in its ESM mode.
import { readFileSync } from 'node:fs';

import type { Config } from 'jest';

import { bundlePackages } from './test/infrastructure/packages.cjs';

const swc = (parser: object) => ({
  swcrc: false,
  jsc: {
    target: 'es2023',
    parser,
    transform: { legacyDecorator: true, decoratorMetadata: true, useDefineForClassFields: false },
    keepClassNames: true,
  },
  module: { type: 'commonjs' },
  sourceMaps: 'inline',
});

const { compilerOptions } = JSON.parse(readFileSync('tsconfig.json', 'utf8')) as {
  compilerOptions: { paths: Record<string, [string]> };
};
const aliases = Object.fromEntries(
  Object.entries(compilerOptions.paths).map(([alias, [target]]) => [`^${alias}$`, target.replace('./', '<rootDir>/')]),
);

const project = (displayName: string, testMatch: readonly string[], more: Config = {}): Config => ({
  displayName,
  rootDir: '.',
  testMatch: [...testMatch],
  testEnvironment: '<rootDir>/test/infrastructure/environment.cjs',
  runtime: '<rootDir>/test/infrastructure/runtime.cjs',
  modulePathIgnorePatterns: ['<rootDir>/dist/', '<rootDir>/.waybill/'],
  moduleFileExtensions: ['ts', 'js', 'mjs', 'json', 'node'],
  moduleNameMapper: { ...aliases, '^(\\.{1,2}/.*)\\.js$': '$1' },
  transform: {
    '^.+\\.ts$': ['@swc/jest', swc({ syntax: 'typescript', decorators: true })],
  },
  ...more,
});

// One PostgreSQL and one Kafka for a whole run; each test makes its own databases and topics in them.
const onInfrastructure = {
  globalSetup: '<rootDir>/test/infrastructure/global-setup.mjs',
  globalTeardown: '<rootDir>/test/infrastructure/global-teardown.mjs',
  setupFilesAfterEnv: ['<rootDir>/test/infrastructure/retry-in-ci.ts'],
};

// `npm test` needs only Node: what starts a JVM, or asks for a server of another kind, is run apart, by `npm run test:jvm` and `test:brokers`.
const OTHER_BROKERS = [
  '<rootDir>/libs/(nats|rabbitmq|sqs)/',
  '<rootDir>/examples/redis-broker/',
  '<rootDir>/test/brokers/',
];

/** End-to-end specs that aren't tried on RabbitMQ, NATS and SQS, and why. */
const KAFKA_ALONE = {
  '<rootDir>/test/cost/': 'counts what the embedded Kafka is asked',
  '<rootDir>/test/e2e/kafka-client.e2e-spec.ts': 'is about the second client of Kafka',
  '<rootDir>/test/start/': 'is about what npm start starts on this machine',
};
/** What CI tries on them: killed services and lost connections. The rest takes up to ten minutes a broker: `npm run test:system`. */
const THROUGH_FAILURES = '<rootDir>/test/brokers/orders-through-failures.e2e-spec.ts';
const ORDINARY = '<rootDir>/test/e2e/ordinary.e2e-spec.ts';

const EVERYTHING = ['<rootDir>/test/**/*.e2e-spec.ts'];
/** It has one processor for all specs of the run, and gives out one record at a time. */
const ON_AN_EMULATOR = { PROOF_ORDERS: '20' };
const proofOrders = (broker: string): string => process.env['PROOF_ORDERS'] ?? (broker === 'sqs' ? '300' : '5000');

const onBroker = (name: string, testMatch: readonly string[], env: Readonly<Record<string, string>> = {}): Config =>
  project(name, testMatch, {
    ...onInfrastructure,
    setupFilesAfterEnv: [
      ...onInfrastructure.setupFilesAfterEnv,
      '<rootDir>/test/infrastructure/skip-without-broker.ts',
    ],
    testEnvironmentOptions: { env: { WAYBILL_BROKER: name, ...env } },
    testPathIgnorePatterns: Object.keys(KAFKA_ALONE),
  });

const projects = {
  jvm: [project('jvm', ['<rootDir>/{libs,test}/**/*.jvm-spec.ts'], onInfrastructure)],
  brokers: [
    project(
      'brokers',
      ['<rootDir>/libs/{nats,rabbitmq,sqs}/**/*.int-spec.ts', '<rootDir>/examples/redis-broker/**/*.int-spec.ts'],
      onInfrastructure,
    ),
    onBroker('nats', [THROUGH_FAILURES, ORDINARY]),
    onBroker('rabbitmq', [THROUGH_FAILURES]),
    onBroker('sqs', [THROUGH_FAILURES], ON_AN_EMULATOR),
  ],
  browser: [
    project('browser', ['<rootDir>/test/browser/**/*.browser-spec.ts'], {
      ...onInfrastructure,
      setupFilesAfterEnv: [...onInfrastructure.setupFilesAfterEnv, '<rootDir>/test/browser/skip-without-chromium.ts'],
    }),
  ],
  system: [onBroker('rabbitmq', EVERYTHING), onBroker('nats', EVERYTHING), onBroker('sqs', EVERYTHING, ON_AN_EMULATOR)],
  proof: ['kafka', 'rabbitmq', 'nats', 'sqs'].map((name) =>
    onBroker(name, ['<rootDir>/test/brokers/**/*.e2e-spec.ts'], { PROOF_ORDERS: proofOrders(name) }),
  ),
  all: [
    project('unit', ['<rootDir>/{apps,libs,cli,scripts,bench}/**/*.spec.ts', '<rootDir>/test/**/*.spec.ts']),
    project('integration', ['<rootDir>/{apps,libs,cli,examples}/**/*.int-spec.ts'], {
      ...onInfrastructure,
      testPathIgnorePatterns: OTHER_BROKERS,
    }),
    project('e2e', ['<rootDir>/test/**/*.e2e-spec.ts'], { ...onInfrastructure, testPathIgnorePatterns: OTHER_BROKERS }),
  ],
};
type Specs = keyof typeof projects;
const specs: Specs = (process.env['WAYBILL_SPECS'] ?? 'all') as Specs; // by scripts/test-apart.mjs

const config: Config = {
  testSequencer: '<rootDir>/test/infrastructure/sequencer.cjs',
  // Jest's default is cores - 1. More than one a core isn't faster, as most specs run a whole system: six of them took 118 s with two workers on two
  // cores, and 120 s with four, a quarter more CPU and waits that ran out.
  maxWorkers: '100%',
  workerIdleMemoryLimit: '1GB',
  // Milliseconds. A worker has closed everything and leaves at once; freeing its heap takes longer than the default of 500 on a busy machine.
  workerGracefulExitTimeout: 20_000,
  testTimeout: 60_000, // milliseconds, for all projects; a guard against hanging, never a promise of speed
  coverageProvider: 'v8',
};

export default async (): Promise<Config> => {
  const bundle = await bundlePackages('.');
  const withBundle = (one: Config) => ({ ...one, testEnvironmentOptions: { ...one.testEnvironmentOptions, bundle } });
  return { ...config, projects: projects[specs].map(withBundle) };
};
