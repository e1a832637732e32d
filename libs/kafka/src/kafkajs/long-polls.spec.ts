import ConsumerGroup from 'kafkajs/src/consumer/consumerGroup.js';
import RequestQueue from 'kafkajs/src/network/requestQueue/index.js';

import { endLongPollsEarly } from './long-polls.js';

const [FETCH, HEARTBEAT] = [1, 12];

describe('a consumer', () => {
  const lanes = [{ topic: 't', partitions: [0] }];
  let isPaused: boolean;
  let onFetch: () => void;
  let group: ConsumerGroup;

  beforeAll(() => {
    ConsumerGroup.prototype.fetch = async () => {
      onFetch();
      return [];
    };
    endLongPollsEarly();
  });

  beforeEach(() => {
    isPaused = false;
    group = Object.assign(Object.create(ConsumerGroup.prototype) as ConsumerGroup, {
      maxWaitTime: 1_000,
      subscriptionState: { assigned: () => lanes, active: () => (isPaused ? [] : lanes), resume: () => {} },
      logger: { info: () => {} },
    });
  });

  afterEach(() => jest.useRealTimers());

  it('asks for more only once the handling of what it has handed over has begun', async () => {
    const order: string[] = [];
    onFetch = () => order.push('asks');
    setImmediate(() => order.push('begins')); // as the engine does
    await group.fetch(1);
    expect(order).toEqual(['begins', 'asks']);
  });

  it('fetches again at once where a lane was resumed while it looked whether any is', async () => {
    jest.useFakeTimers({ doNotFake: ['setImmediate'] }); // a sleep would never end
    isPaused = true;
    onFetch = () => {
      isPaused = false;
      group.resume([{ topic: 't', partitions: [0] }]);
    };
    expect(await group.fetch(1)).toEqual([]);
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
