import { brokerContract } from '@waybill/messaging/testing';

import { isRedisInstalled, RedisServer } from './testing/redis-server.js';
import { describeOnRedis, removeTestKeys, testRedis } from './testing/test-redis.js';

jest.setTimeout(120_000);

describeOnRedis('Redis', () => {
  afterAll(removeTestKeys);

  brokerContract('Redis Streams, an example', () => testRedis(), {
    startServer: isRedisInstalled() ? () => RedisServer.start() : undefined,
  });
});
