import { setTimeout as delay } from 'node:timers/promises';

import { brokerContract } from '@waybill/messaging/testing';
import type { ServerOfItsOwn } from '@waybill/messaging/testing';

import { isRabbitInstalled, OwnRabbit } from './testing/own-server.js';
import { describeOnRabbit, TestRabbit } from './testing/test-rabbit.js';

jest.setTimeout(180_000);

/** What RabbitMQ 3.10 declares a moment before it is killed may come back unusable: README.md, Limits. It did in seven trials of eight. */
const DECLARED_FOR_MS = 10_000;

const servers: OwnRabbit[] = [];

async function startRabbit(): Promise<ServerOfItsOwn> {
  const server = await OwnRabbit.start();
  if (server === undefined) throw new Error('There is no RabbitMQ to start');
  servers.push(server);
  return {
    broker: new TestRabbit(undefined, server.url).broker(),
    kill: async () => {
      await delay(DECLARED_FOR_MS);
      await server.kill();
    },
    start: () => server.start(),
    remove: () => server.remove(),
  };
}

if (!isRabbitInstalled())
  process.stderr.write('Skipped: the restart of a RabbitMQ: there is no rabbitmq-server to start\n');

describeOnRabbit('RabbitMQ', () => {
  afterAll(() => Promise.all(servers.map((server) => server.remove())));

  brokerContract('RabbitMQ', () => new TestRabbit().brokerAlone(), {
    startServer: isRabbitInstalled() ? startRabbit : undefined,
  });
});
