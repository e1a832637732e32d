import type { ConsumerListener, KafkaClient, KafkaConsumer } from './kafka-client.js';
import { KafkaSubscription } from './kafka-subscription.js';
import { TopicNames } from './topic-names.js';

describe('the health of a subscription', () => {
  it('is bad while one of several brokers can’t be reached, and good once all is fetched again', async () => {
    const health: unknown[] = [];
    const logged: string[] = [];
    let heard: ConsumerListener | undefined;
    const client = {
      createConsumer: (_: unknown, listener: ConsumerListener) => {
        heard = listener;
        return { start: async () => {}, close: async () => {} } as unknown as KafkaConsumer;
      },
    } as unknown as KafkaClient;
    const log = { info() {}, warn() {}, debug() {}, error: (line: string) => void logged.push(line) };
    const subscription = new KafkaSubscription(
      client,
      new TopicNames(''),
      { group: 'g', topics: ['t'], sessionTimeoutMs: 10, metadataMaxAgeMs: 10, commitIntervalMs: 10 },
      { onAssigned() {}, onRecords() {}, onHealth: (...told: unknown[]) => void health.push(told) },
      log,
    );
    await subscription.start();
    const error = new Error('getaddrinfo ENOTFOUND kafka-2');
    heard?.onAssigned([]);
    heard?.onUnreachable(error);
    heard?.onUnreachable(error);
    heard?.onProgress();
    expect(health).toEqual([[true], [false, error], [true]]);
    expect(logged).toEqual([expect.stringContaining('ENOTFOUND kafka-2')]);
    await subscription.close();
  });
});
