// The import law of docs/adr and ARCHITECTURE.md, one rule per row of its table. test/import-law.spec.ts plants a breach of each.
const lib = (...names) => `^libs/(${names.join('|')})/`;
const onlyLibs = (name, from, allowed) => ({
  name,
  severity: 'error',
  from: { path: from },
  to: { path: '^libs/([^/]+)/', pathNot: [lib(...allowed), '/testing/'] }, // testing/ has a rule of its own
});

module.exports = {
  forbidden: [
    { name: 'no-circular', severity: 'error', from: {}, to: { circular: true } },
    {
      name: 'no-unresolvable',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true, pathNot: '^\\.\\./dist/' }, // scripts load what the build has made
    },
    onlyLibs('database-imports', '^libs/database/', ['database', 'observability']),
    onlyLibs('observability-imports-no-lib', '^libs/observability/', ['observability']),
    onlyLibs('embedded-imports-no-lib', '^libs/embedded/', ['embedded']),
    onlyLibs('http-imports', '^libs/http/', ['http', 'observability']),
    onlyLibs('console-imports', '^libs/console/', ['console', 'http', 'observability', 'order-story']),
    onlyLibs('order-story-imports-no-lib', '^libs/order-story/', ['order-story']),
    onlyLibs('contracts-imports', '^libs/contracts/', ['contracts', 'messaging']),
    {
      name: 'contracts-imports-types-only',
      severity: 'error',
      from: { path: '^libs/contracts/', pathNot: '\\.spec\\.ts$' },
      to: { path: '^(libs/messaging/|node_modules/(@nestjs|typeorm|kafkajs|pg)/)', dependencyTypesNot: ['type-only'] },
    },
    onlyLibs('messaging-imports', '^libs/messaging/', ['messaging', 'observability']),
    ...['kafka', 'nats', 'rabbitmq', 'sqs'].map((name) =>
      onlyLibs(`${name}-imports`, `^libs/${name}/`, [name, 'messaging', 'observability']),
    ),
    {
      name: 'a-broker-is-chosen-by-apps',
      severity: 'error',
      from: { path: '^(libs|cli|scripts)/', pathNot: '^libs/(kafka|nats|rabbitmq|sqs|service)/' },
      to: { path: '^libs/(kafka|nats|rabbitmq|sqs)/', pathNot: '/testing/' },
    },
    {
      name: 'a-client-stays-in-its-adapter',
      severity: 'error',
      from: {
        path: '^(apps|libs|cli|scripts)/',
        pathNot: ['^libs/kafka/', '([.-]spec\\.ts$|/testing/)'],
      },
      to: { path: '(^|/)(kafkajs|@platformatic/kafka)(/|$)' },
    },
    {
      name: 'the-rabbitmq-client-stays-in-its-adapter',
      severity: 'error',
      from: { path: '^(apps|libs|cli|scripts)/', pathNot: ['^libs/rabbitmq/', '([.-]spec\\.ts$|/testing/)'] },
      to: { path: '(^|/)amqplib(/|$)' },
    },
    {
      name: 'the-nats-client-stays-in-its-adapter',
      severity: 'error',
      from: { path: '^(apps|libs|cli|scripts)/', pathNot: ['^libs/nats/', '([.-]spec\\.ts$|/testing/)'] },
      to: { path: '(^|/)@nats-io/' },
    },
    {
      name: 'the-redis-client-stays-in-its-example',
      severity: 'error',
      from: { pathNot: '^examples/redis-broker/' },
      to: { path: '(^|/)@redis/' },
    },
    {
      name: 'the-aws-clients-stay-in-their-adapter',
      severity: 'error',
      from: { path: '^(apps|libs|cli|scripts)/', pathNot: ['^libs/sqs/', '([.-]spec\\.ts$|/testing/)'] },
      to: { path: '(^|/)@aws-sdk/' },
    },
    ...['idempotency', 'event-store', 'claim-check'].map((name) =>
      onlyLibs(`${name}-imports`, `^libs/${name}/`, [name, 'messaging', 'database', 'observability']),
    ),
    ...['outbox', 'dlq'].map((name) =>
      onlyLibs(`${name}-imports`, `^libs/${name}/`, [name, 'idempotency', 'messaging', 'database', 'observability']),
    ),
    onlyLibs('simulator-imports', '^libs/simulator/', ['simulator', 'database']),
    {
      name: 'service-imports',
      severity: 'error',
      from: { path: '^libs/service/' },
      to: { path: lib('embedded', 'simulator'), pathNot: '/testing/' },
    },
    {
      name: 'service-is-for-apps',
      severity: 'error',
      from: { path: '^(libs|cli|bench|scripts)/', pathNot: '^libs/service/' },
      to: { path: '^libs/service/' },
    },
    onlyLibs('saga-imports', '^libs/saga/', ['saga', 'outbox', 'messaging', 'database', 'observability']),
    {
      name: 'no-lib-to-app',
      severity: 'error',
      from: { path: '^libs/' },
      to: { path: '^(apps|examples|cli|test|bench|scripts)/' },
    },
    {
      name: 'no-app-to-app',
      severity: 'error',
      from: { path: '^(apps|examples)/([^/]+)/' },
      to: { path: '^(apps|examples)/([^/]+)/', pathNot: '^$1/$2/' },
    },
    {
      name: 'no-app-from-outside',
      severity: 'error',
      from: { path: '^(test|bench|scripts)/' },
      to: { path: '^(apps|examples)/' },
    },
    {
      name: 'cli-imports-libs-alone',
      severity: 'error',
      from: { path: '^cli/' },
      to: { path: '^(apps|examples|test|bench|scripts)/' },
    },
    {
      name: 'nobody-imports-the-cli',
      severity: 'error',
      from: { path: '^(apps|examples|test|bench|scripts)/' },
      to: { path: '^cli/' },
    },
    {
      name: 'domain-is-pure',
      severity: 'error',
      from: { path: '^apps/[^/]+/src/domain/', pathNot: '\\.spec\\.ts$' },
      to: { pathNot: '^apps/[^/]+/src/domain/', dependencyTypesNot: ['core'] },
    },
    {
      name: 'a-lib-is-entered-by-its-index',
      severity: 'error',
      from: { path: '^(apps|examples|libs)/([^/]+)/' },
      to: { path: '^libs/([^/]+)/', pathNot: ['^libs/[^/]+/src/(index|testing/index)\\.ts$', '^$1/$2/'] },
    },
    {
      name: 'a-lib-is-entered-by-its-index-from-outside',
      severity: 'error',
      from: { path: '^(cli|test|bench|scripts)/' },
      to: { path: '^libs/', pathNot: '^libs/[^/]+/src/(index|testing/index)\\.ts$' },
    },
    {
      name: 'testing-door-is-for-tests',
      severity: 'error',
      from: { path: '^(apps|examples|libs|cli)/', pathNot: '([.-]spec\\.ts$|/testing/)' },
      to: { path: '/testing/' },
    },
    {
      name: 'no-own-index',
      severity: 'error',
      from: { path: '^libs/([^/]+)/src/', pathNot: '/testing/' },
      to: { path: '^libs/$1/src/index\\.ts$' },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '^(dist|\\.waybill)/' },
    tsConfig: { fileName: 'tsconfig.json' },
    tsPreCompilationDeps: true,
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'require', 'node', 'default', 'types'],
    },
  },
};
