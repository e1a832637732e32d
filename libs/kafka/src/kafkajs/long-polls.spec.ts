import RequestQueue from 'kafkajs/src/network/requestQueue/index.js';

import { endLongPollsEarly } from './long-polls.js';

const [FETCH, HEARTBEAT] = [1, 12];

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
