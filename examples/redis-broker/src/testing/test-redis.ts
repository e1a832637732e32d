import { spawnSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';

import { createClient } from '@redis/client';
import type { Broker } from '@waybill/messaging';

import { redisBroker } from '../redis-broker.js';
import type { RedisOptions } from '../redis-connection.js';

export const REDIS_URL = process.env['REDIS_URL'] ?? 'redis://127.0.0.1:6379';

/** Jest wants to know at once which tests there are, so another process asks. */
const ASKS = `const { hostname, port } = new URL(process.argv[1]);
const socket = require('node:net').connect(Number(port || 6379), hostname.replace(/^\\[|\\]$/g, ''));
socket.on('connect', () => process.exit(0)).on('error', () => process.exit(1));
setTimeout(() => process.exit(1), 2_000);`;

/** Tests on a Redis at REDIS_URL, by default on its standard port; skipped, and said to be, where none answers. */
export function describeOnRedis(title: string, tests: () => void): void {
  if (spawnSync(process.execPath, ['-e', ASKS, REDIS_URL]).status === 0) return describe(title, tests);
  describe.skip(`${title} (skipped: no Redis answers at REDIS_URL, ${new URL(REDIS_URL).host})`, tests);
}

const silent = { error: () => {}, warn: () => {}, debug: () => {} };
export const PREFIX = `test-${randomUUID()}:`;

export interface TestRedisOptions extends Partial<RedisOptions> {
  readonly partitions?: number;
}

/** A broker with three lanes a topic, which logs nothing. */
export function testRedis({ partitions = 3, ...options }: TestRedisOptions = {}): Broker {
  return redisBroker({ url: REDIS_URL, prefix: PREFIX, ...options })({ partitions }, silent);
}

/** All keys of this spec; for its `afterAll`. */
export async function removeTestKeys(): Promise<void> {
  await asOperator(async (client) => {
    for await (const keys of client.scanIterator({ MATCH: `${PREFIX}*`, COUNT: 1_000 })) {
      if (keys.length > 0) await client.unlink(keys);
    }
  });
}

const operator = () => createClient({ url: REDIS_URL });
type Operator = ReturnType<typeof operator>;

/** Past the broker. */
export async function asOperator(work: (client: Operator) => Promise<unknown>): Promise<void> {
  const client = operator();
  await client.connect();
  await work(client);
  client.destroy();
}
