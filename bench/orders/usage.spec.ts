import { sumByPart } from './usage.js';
import type { ProcessRow } from './usage.js';

const row = (pid: number, parent: number, command: string): ProcessRow => ({
  pid,
  parent,
  command,
  usage: { cpuSeconds: 1, rssMegabytes: 10 },
});

/** A bench (2), two replicas of an app, PostgreSQL with a backend, and what else runs on the machine. */
const ROWS = [
  row(1, 0, 'init'),
  row(2, 1, 'node dist/bench/orders.js'),
  row(3, 2, 'node dist/apps/order/src/main.js'),
  row(4, 2, 'node dist/apps/order/src/main.js'),
  row(5, 2, '/native/bin/postgres -D data'),
  row(6, 5, 'postgres: bench_order idle'),
  row(7, 1, 'node dist/apps/order/src/main.js'),
  row(8, 1, '/usr/lib/erlang/bin/beam.smp -- -sname rabbit'),
  row(9, 1, '/usr/sbin/nats-server -js'),
];

const secondsOf = (broker: Parameters<typeof sumByPart>[2]): Record<string, number> =>
  Object.fromEntries([...sumByPart(ROWS, 2, broker)].map(([part, { cpuSeconds }]) => [part, cpuSeconds]));

describe('the CPU time of a bench', () => {
  it('is summed over replicas and backends, without what others started', () => {
    expect(secondsOf('apache')).toEqual({ 'load generator': 1, order: 2, PostgreSQL: 2 });
  });

  it('has the broker that is benched, and no other one', () => {
    expect(secondsOf('nats')).toMatchObject({ NATS: 1 });
    expect(secondsOf('nats')).not.toHaveProperty('RabbitMQ');
    expect(secondsOf('rabbitmq')).toMatchObject({ RabbitMQ: 1 });
    expect(secondsOf('rabbitmq')).not.toHaveProperty('NATS');
    const emulator = row(10, 2, "node --input-type=module --eval import { buildApp } from 'fauxqs'; 0");
    expect(sumByPart([...ROWS, emulator], 2, 'sqs').get('fauxqs, an emulator of SNS and SQS')?.cpuSeconds).toBe(1);
    expect(secondsOf('embedded')).toEqual({ 'load generator and broker': 1, order: 2, PostgreSQL: 2 });
  });
});
