import { startEmbeddedKafka } from '@waybill/embedded/testing';
import type { EmbeddedKafka } from '@waybill/embedded/testing';
import type { Broker, BrokerRecord } from '@waybill/messaging';
import { eventually } from '@waybill/messaging/testing';
import { noteContract, noteRecord } from '@waybill/messaging/testing';

import { testKafka } from './testing/test-kafka.js';

jest.setTimeout(120_000);

const notes = noteContract('notes');
const KEYS = Array.from({ length: 20 }, (_, n) => `key-${n}`);

/** With kafkajs over TCP, against a broker of this test's own that fails on demand. */
describe('a request of which one partition refuses and another accepts (F43)', () => {
  let kafka: EmbeddedKafka;
  let broker: Broker;

  beforeEach(async () => {
    kafka = await startEmbeddedKafka({ storage: 'memory' });
    broker = testKafka({ brokers: [kafka.brokers], partitions: 2 });
    await broker.ensureTopics([{ name: 'notes', kind: 'event' }]);
  });

  afterEach(async () => {
    await broker.close();
    await kafka.stop();
  });

  it('counts as unpublished, whole; of equally many different messages that follow, all that are acknowledged are there', async () => {
    const records: BrokerRecord[] = [];
    const listener = {
      onRecords: (_: unknown, arrived: readonly BrokerRecord[]) => void records.push(...arrived),
      onAssigned: () => {},
      onHealth: () => {},
    };
    await broker.subscribe({ group: 'g', topics: ['notes'] }, listener);
    const publisher = await broker.createPublisher();
    const publish = (text: string) => publisher.publish(KEYS.map((key) => noteRecord(notes, key, text)));
    await publish('before');

    const end = kafka.faults.refuseProduces('notes', { partition: 0 });
    expect((await publish('refused')).filter(({ ok }) => ok)).toEqual([]);
    end();
    expect((await publish('after')).filter(({ ok }) => !ok)).toEqual([]);

    const arrived = (text: string) => records.filter(({ value }) => value?.toString().includes(text));
    await eventually(() => arrived('after').length === KEYS.length, 20_000);
    expect(new Set(arrived('after').map(({ partition }) => partition))).toEqual(new Set([0, 1]));
    expect(new Set(arrived('refused').map(({ partition }) => partition))).toEqual(new Set([1])); // one did accept
  });
});
