import { Producer, stringSerializers } from '@platformatic/kafka';

import { type EmbeddedKafka, startEmbeddedKafka } from './embedded-kafka.js';
import { HANDLERS } from './handlers/all-handlers.js';
import { describeIf, isInstalled, run } from './testing/command.js';
import { countRecords, createTopic, kafkaOf } from './testing/kafka-clients.js';

jest.setTimeout(60_000);

/** Transactions are not offered. Every client must say so at once, in the protocol's own words, instead of asking for ever. */
describe('embedded Kafka: transactional producers', () => {
  let broker: EmbeddedKafka;
  const refused = 'TRANSACTIONAL_ID_AUTHORIZATION_FAILED';

  beforeEach(async () => {
    broker = await startEmbeddedKafka({ storage: 'memory' });
    await createTopic(kafkaOf(broker.brokers), 'plain', 1);
  });

  afterEach(async () => {
    expect(await countRecords(kafkaOf(broker.brokers), 'plain')).toBe(0);
    await broker.stop();
  });

  it('are not advertised: AddPartitionsToTxn, AddOffsetsToTxn, EndTxn, WriteTxnMarkers, TxnOffsetCommit', () => {
    expect([24, 25, 26, 27, 28].filter((apiKey) => HANDLERS.has(apiKey))).toEqual([]);
  });

  it('are refused by its error: kafkajs', async () => {
    const producer = kafkaOf(broker.brokers).producer({
      transactionalId: 'tx',
      idempotent: true,
      maxInFlightRequests: 1,
    });
    await producer.connect();
    await expect(producer.transaction()).rejects.toMatchObject({ type: refused });
    await producer.disconnect();
  });

  it('are refused by its error: @platformatic/kafka', async () => {
    const producer = new Producer({
      clientId: 'tx',
      bootstrapBrokers: [broker.brokers],
      serializers: stringSerializers,
      idempotent: true,
      transactionalId: 'tx',
    });
    await expect(producer.beginTransaction()).rejects.toMatchObject({ errors: [{ apiId: refused }] });
    await producer.close();
  });

  describeIf(isInstalled('kcat', '-V'), 'kcat is not installed')('kcat', () => {
    it('are refused by its error: librdkafka', async () => {
      const args = ['-b', broker.brokers, '-P', '-t', 'plain', '-X', 'transactional.id=tx'];
      await expect(run('kcat', args, 'a\n')).rejects.toThrow(/[Tt]ransactional ?[Ii]d authorization failed/);
    });
  });
});
