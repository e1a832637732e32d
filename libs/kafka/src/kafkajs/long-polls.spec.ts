import ConsumerGroup from 'kafkajs/src/consumer/consumerGroup.js';
import RequestQueue from 'kafkajs/src/network/requestQueue/index.js';

import { endLongPollsEarly } from './long-polls.js';

const [FETCH, HEARTBEAT] = [1, 12];

describe('a consumer that has handed records over', () => {
  it('asks for more only once their handling has begun', async () => {
    const order: string[] = [];
    ConsumerGroup.prototype.fetch = async () => {
      order.push('asks');
      return [];
    };
    endLongPollsEarly();
    const lanes = [{ topic: 't', partitions: [0] }];
    const group = Object.assign(Object.create(ConsumerGroup.prototype) as ConsumerGroup, {
      maxWaitTime: 1,
      subscriptionState: { assigned: () => lanes, active: () => lanes },
    });
    setImmediate(() => order.push('begins')); // as the engine does
    await group.fetch(1);
    expect(order).toEqual(['begins', 'asks']);
  });
});

describe('a connection that is closed', () => {
  let queue: RequestQueue;

  beforeEach(() => {
    endLongPollsEarly();
    queue = new RequestQueue({
      broker: 'kafka:9092',
      clientId: 'test',
      requestTimeout: 30_000,
      maxInFlightRequests: null,
      enforceRequestTimeout: false,
      isConnected: () => true,
      logger: { debug: () => {}, error: () => {}, warn: () => {}, info: () => {} },
    });
  });

  afterEach(() => queue.destroy());

  const ask = (correlationId: number, apiKey: number): Promise<unknown> =>
    new Promise((resolve, reject) => {
      const entry = { correlationId, apiKey, apiName: 'x', apiVersion: 0, resolve, reject };
      queue.push({ entry, expectResponse: true, sendRequest: () => {} });
    });

  it('waits for all answers but those to a fetch, which ends as one whose connection was closed', async () => {
    const fetched = ask(1, FETCH);
    const beaten = ask(2, HEARTBEAT);
    let closed = false;
    const closing = queue.waitForPendingRequests().then(() => (closed = true));
    await expect(fetched).rejects.toMatchObject({ name: 'KafkaJSConnectionClosedError', host: 'kafka', port: 9092 });
    expect(closed).toBe(false);
    queue.fulfillRequest({ correlationId: 2, payload: Buffer.alloc(0), size: 0 });
    await beaten;
    await closing;
  });
});
