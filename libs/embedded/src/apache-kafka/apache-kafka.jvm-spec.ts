import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

import { Kafka, logLevel } from 'kafkajs';

import { listeningAddresses } from '../testing/listening-addresses.js';
import { startApacheKafka, type ApacheKafka } from './apache-kafka.js';

const cacheDir = resolve('.waybill/cache');

describe('Apache Kafka on the JVM', () => {
  let root: string;
  let running: ApacheKafka | undefined;

  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'waybill kafka '));
  });

  afterEach(async () => {
    await running?.stop();
    rmSync(root, { recursive: true, force: true });
  });

  it('F56: keeps what it acknowledged over a kill -9 and a change of port, and stops cleanly', async () => {
    running = await startApacheKafka({ dataDir: join(root, 'kafka'), cacheDir });
    const before = new Kafka({ brokers: [running.brokers], logLevel: logLevel.NOTHING });
    const admin = before.admin();
    await admin.connect();
    await admin.createTopics({ topics: [{ topic: 'kept', numPartitions: 1 }], waitForLeaders: true });
    await admin.disconnect();
    const producer = before.producer();
    await producer.connect();
    await producer.send({ topic: 'kept', acks: -1, messages: [{ value: 'one' }, { value: 'two' }] });
    await producer.disconnect();

    process.kill(running.pid, 'SIGKILL');
    expect(await running.exited).toContain('SIGKILL');
    running = await startApacheKafka({ dataDir: join(root, 'kafka'), cacheDir });

    const again = new Kafka({ brokers: [running.brokers], logLevel: logLevel.NOTHING }).admin();
    await again.connect();
    expect(await again.fetchTopicOffsets('kept')).toMatchObject([{ partition: 0, low: '0', high: '2' }]);
    await again.disconnect();
    if (process.platform === 'linux') {
      // F74: nobody else's machine reaches it. A JVM maps IPv4 into IPv6.
      const addresses = await listeningAddresses(running.pid);
      expect(addresses.map((address) => address.replace(/:\d+$/, ''))).toEqual(
        Array(2).fill(expect.stringMatching(/^(127\.0\.0\.1|\[0000:0000:0000:0000:0000:ffff:7f00:0001\])$/)),
      );
    }
    await running.stop();
    expect(await running.exited).toBe('exited with code 143');
  }, 500_000);
});
