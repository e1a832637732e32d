import { execFileSync } from 'node:child_process';

const PRINT = `import('./scripts/broker-specs.mjs').then((m) => console.log(JSON.stringify(m.brokerSpecs())))`;

describe('the specs that npm run test:kafka runs', () => {
  const { asking, others } = JSON.parse(execFileSync(process.execPath, ['-e', PRINT], { encoding: 'utf8' })) as Record<
    'asking' | 'others',
    readonly string[]
  >;

  it('are all that ask the run for a broker, also through a file of their own', () => {
    expect(asking).toEqual(
      expect.arrayContaining([
        'apps/payment/src/http/admin.int-spec.ts', // by testing/running-service.ts
        'libs/kafka/src/kafka-broker.int-spec.ts',
        'test/e2e/crash.e2e-spec.ts', // by test/system
      ]),
    );
  });

  it('leave out what needs PostgreSQL alone, or starts a broker of its own', () => {
    expect(others).toEqual(
      expect.arrayContaining([
        'apps/order/src/use-cases/fulfilment.int-spec.ts',
        'libs/embedded/src/kafka/conformance/seek-by-time.int-spec.ts',
        'libs/outbox/src/outbox.int-spec.ts',
        'test/start/start.e2e-spec.ts',
      ]),
    );
  });
});
