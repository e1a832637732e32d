import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';

interface Breach {
  readonly from: string;
  readonly imports: string;
  readonly rule: string;
}

/** A planted breach, or more, for each rule of the law: the file, what it imports, and the rule that must name it. */
const BREACHES: readonly Breach[] = [
  { from: 'libs/database/src/a.ts', imports: '@waybill/outbox', rule: 'database-imports' },
  { from: 'libs/observability/src/a.ts', imports: '@waybill/database', rule: 'observability-imports-no-lib' },
  { from: 'libs/embedded/src/a.ts', imports: '@waybill/database', rule: 'embedded-imports-no-lib' },
  { from: 'libs/http/src/a.ts', imports: '@waybill/database', rule: 'http-imports' },
  { from: 'libs/console/src/a.ts', imports: '@waybill/database', rule: 'console-imports' },
  { from: 'libs/order-story/src/a.ts', imports: '@waybill/contracts', rule: 'order-story-imports-no-lib' },
  { from: 'libs/contracts/src/a.ts', imports: '@waybill/outbox', rule: 'contracts-imports' },
  { from: 'libs/contracts/src/b.ts', imports: '@waybill/messaging', rule: 'contracts-imports-types-only' },
  { from: 'libs/messaging/src/a.ts', imports: '@waybill/database', rule: 'messaging-imports' },
  { from: 'libs/kafka/src/a.ts', imports: '@waybill/database', rule: 'kafka-imports' },
  { from: 'libs/rabbitmq/src/a.ts', imports: '@waybill/kafka', rule: 'rabbitmq-imports' },
  { from: 'libs/messaging/src/d.ts', imports: '@waybill/rabbitmq', rule: 'a-broker-is-chosen-by-apps' },
  { from: 'libs/kafka/src/c.ts', imports: 'amqplib', rule: 'the-rabbitmq-client-stays-in-its-adapter' },
  { from: 'libs/nats/src/a.ts', imports: '@waybill/kafka', rule: 'nats-imports' },
  { from: 'libs/messaging/src/e.ts', imports: '@waybill/nats', rule: 'a-broker-is-chosen-by-apps' },
  { from: 'libs/outbox/src/f.ts', imports: '@nats-io/jetstream', rule: 'the-nats-client-stays-in-its-adapter' },
  { from: 'libs/outbox/src/g.ts', imports: '@redis/client', rule: 'the-redis-client-stays-in-its-example' },
  { from: 'libs/sqs/src/a.ts', imports: '@waybill/kafka', rule: 'sqs-imports' },
  { from: 'libs/messaging/src/g.ts', imports: '@waybill/sqs', rule: 'a-broker-is-chosen-by-apps' },
  { from: 'libs/outbox/src/h.ts', imports: '@aws-sdk/client-sqs', rule: 'the-aws-clients-stay-in-their-adapter' },
  { from: 'libs/messaging/src/b.ts', imports: '@waybill/kafka', rule: 'a-broker-is-chosen-by-apps' },
  { from: 'libs/messaging/src/c.ts', imports: 'kafkajs', rule: 'a-client-stays-in-its-adapter' },
  { from: 'libs/outbox/src/e.ts', imports: '@platformatic/kafka', rule: 'a-client-stays-in-its-adapter' },
  { from: 'cli/d.ts', imports: '@waybill/kafka', rule: 'a-broker-is-chosen-by-apps' },
  { from: 'apps/order/src/f.ts', imports: 'kafkajs', rule: 'a-client-stays-in-its-adapter' },
  { from: 'libs/outbox/src/a.ts', imports: '@waybill/dlq', rule: 'outbox-imports' },
  { from: 'libs/idempotency/src/a.ts', imports: '@waybill/outbox', rule: 'idempotency-imports' },
  { from: 'libs/dlq/src/a.ts', imports: '@waybill/saga', rule: 'dlq-imports' },
  { from: 'libs/event-store/src/a.ts', imports: '@waybill/outbox', rule: 'event-store-imports' },
  { from: 'libs/claim-check/src/a.ts', imports: '@waybill/outbox', rule: 'claim-check-imports' },
  { from: 'libs/simulator/src/a.ts', imports: '@waybill/messaging', rule: 'simulator-imports' },
  { from: 'libs/saga/src/a.ts', imports: '@waybill/dlq', rule: 'saga-imports' },
  { from: 'libs/service/src/a.ts', imports: '@waybill/embedded', rule: 'service-imports' },
  { from: 'libs/service/src/b.ts', imports: '@waybill/simulator', rule: 'service-imports' },
  { from: 'libs/saga/src/b.ts', imports: '@waybill/service', rule: 'service-is-for-apps' },
  { from: 'cli/e.ts', imports: '@waybill/service', rule: 'service-is-for-apps' },
  { from: 'libs/outbox/src/b.ts', imports: '../../../apps/order/src/domain/order.js', rule: 'no-lib-to-app' },
  { from: 'apps/order/src/a.ts', imports: '../../payment/src/payment.js', rule: 'no-app-to-app' },
  { from: 'examples/loyalty/src/a.ts', imports: '../../../apps/payment/src/payment.js', rule: 'no-app-to-app' },
  { from: 'test/a.ts', imports: '../apps/order/src/domain/order.js', rule: 'no-app-from-outside' },
  { from: 'libs/outbox/src/d.ts', imports: '../../../cli/main.js', rule: 'no-lib-to-app' },
  { from: 'cli/a.ts', imports: '../apps/order/src/domain/order.js', rule: 'cli-imports-libs-alone' },
  { from: 'apps/order/src/e.ts', imports: '../../../cli/main.js', rule: 'nobody-imports-the-cli' },
  { from: 'apps/order/src/domain/a.ts', imports: '@waybill/messaging', rule: 'domain-is-pure' },
  { from: 'apps/order/src/b.ts', imports: '../../../libs/outbox/src/deep.js', rule: 'a-lib-is-entered-by-its-index' },
  { from: 'test/b.ts', imports: '../libs/outbox/src/deep.js', rule: 'a-lib-is-entered-by-its-index-from-outside' },
  { from: 'cli/b.ts', imports: '../libs/outbox/src/deep.js', rule: 'a-lib-is-entered-by-its-index-from-outside' },
  { from: 'cli/c.ts', imports: '@waybill/outbox/testing', rule: 'testing-door-is-for-tests' },
  { from: 'apps/order/src/c.ts', imports: '@waybill/outbox/testing', rule: 'testing-door-is-for-tests' },
  { from: 'libs/outbox/src/c.ts', imports: './index.js', rule: 'no-own-index' },
  { from: 'apps/order/src/d.ts', imports: './missing.js', rule: 'no-unresolvable' },
  { from: 'apps/order/src/circle.ts', imports: './ring.js', rule: 'no-circular' },
];

/** Imports that the law allows; none of them may be reported. */
const LAWFUL: readonly Omit<Breach, 'rule'>[] = [
  { from: 'apps/order/src/lawful.ts', imports: '@waybill/outbox' },
  { from: 'apps/order/src/domain/lawful.ts', imports: './order.js' },
  { from: 'libs/outbox/src/lawful.ts', imports: '@waybill/messaging' },
  { from: 'libs/dlq/src/lawful.ts', imports: '@waybill/idempotency' },
  { from: 'libs/kafka/src/lawful.ts', imports: '@waybill/messaging' },
  { from: 'libs/rabbitmq/src/lawful.ts', imports: '@waybill/observability' },
  { from: 'libs/nats/src/lawful.ts', imports: '@waybill/messaging' },
  { from: 'libs/sqs/src/lawful.ts', imports: '@waybill/messaging' },
  { from: 'libs/outbox/src/lawful.int-spec.ts', imports: '@waybill/kafka/testing' },
  { from: 'apps/order/src/lawful-broker.ts', imports: '@waybill/kafka' },
  { from: 'libs/claim-check/src/lawful.ts', imports: '@waybill/database' },
  { from: 'libs/database/src/lawful.ts', imports: '@waybill/observability' },
  { from: 'libs/simulator/src/lawful.ts', imports: '@waybill/database' },
  { from: 'libs/saga/src/lawful.ts', imports: '@waybill/outbox' },
  { from: 'libs/outbox/src/lawful.spec.ts', imports: '@waybill/outbox/testing' },
  { from: 'libs/service/src/lawful.ts', imports: '@waybill/saga' },
  { from: 'apps/order/src/lawful-service.ts', imports: '@waybill/service' },
  { from: 'cli/lawful.ts', imports: '@waybill/outbox' },
  { from: 'cli/lawful.spec.ts', imports: './testing/kit.js' },
  { from: 'test/lawful.ts', imports: '@waybill/embedded' },
];

const LIBS = [...new Set(BREACHES.map(({ from }) => /^libs\/([^/]+)/.exec(from)?.[1]))].filter(
  (name) => name !== undefined,
);

interface Violation {
  readonly from: string;
  readonly rule: { readonly name: string };
}

describe('the import law', () => {
  let tree: string;
  let violations: readonly Violation[];

  beforeAll(() => {
    tree = realpathSync(mkdtempSync(join(tmpdir(), 'waybill-law-')));
    plant();
    violations = cruise();
  }, 60_000);

  afterAll(() => rmSync(tree, { recursive: true, force: true }));

  function write(path: string, content: string): void {
    mkdirSync(dirname(join(tree, path)), { recursive: true });
    writeFileSync(join(tree, path), content);
  }

  function plant(): void {
    for (const file of ['tsconfig.json', '.dependency-cruiser.cjs']) cpSync(file, join(tree, file));
    write('package.json', '{ "type": "module" }');
    for (const lib of LIBS) {
      write(`libs/${lib}/src/index.ts`, 'export const entry = 1;\n');
      write(`libs/${lib}/src/testing/index.ts`, 'export const kit = 1;\n');
    }
    write('cli/main.ts', 'export const main = 1;\n');
    write('cli/testing/kit.ts', 'export const kit = 1;\n');
    write('libs/outbox/src/deep.ts', 'export const deep = 1;\n');
    write('apps/order/src/domain/order.ts', 'export const order = 1;\n');
    write('apps/order/src/ring.ts', "export * from './circle.js';\n");
    write('apps/payment/src/payment.ts', 'export const payment = 1;\n');
    for (const { from, imports } of [...BREACHES, ...LAWFUL]) write(from, `export * from '${imports}';\n`);
  }

  function cruise(): readonly Violation[] {
    const bin = resolve('node_modules/dependency-cruiser/bin/dependency-cruise.mjs');
    const args = [
      bin,
      '--config',
      '.dependency-cruiser.cjs',
      '--output-type',
      'json',
      'apps',
      'libs',
      'examples',
      'cli',
      'test',
    ];
    const report = JSON.parse(execFileSync(process.execPath, args, { cwd: tree, encoding: 'utf8' })) as {
      readonly summary: { readonly violations: readonly Violation[] };
    };
    return report.summary.violations;
  }

  it.each(BREACHES)('$rule: $from may not import $imports', ({ from, rule }) => {
    expect(violations.filter((violation) => violation.from === from).map((violation) => violation.rule.name)).toContain(
      rule,
    );
  });

  it.each(LAWFUL)('$from may import $imports', ({ from }) => {
    expect(violations.filter((violation) => violation.from === from)).toEqual([]);
  });

  it('has a planted breach for each of its rules', () => {
    const law = JSON.parse(
      execFileSync(
        process.execPath,
        ['-p', "JSON.stringify(require('./.dependency-cruiser.cjs').forbidden.map((rule) => rule.name))"],
        {
          encoding: 'utf8',
        },
      ),
    ) as readonly string[];
    expect([...new Set(BREACHES.map(({ rule }) => rule))].sort()).toEqual([...law].sort());
  });
});
