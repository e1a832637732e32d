import { type EmbeddedKafka, startEmbeddedKafka } from './embedded-kafka.js';
import { Faults } from './faults.js';
import { countRecords, createTopic, kafkaOf, withProducer } from './testing/kafka-clients.js';

jest.setTimeout(30_000);

describe('embedded Kafka: faults on demand', () => {
  let broker: EmbeddedKafka;

  beforeEach(async () => {
    broker = await startEmbeddedKafka({ storage: 'memory' });
    await createTopic(kafkaOf(broker.brokers), 'sick', 1);
    await createTopic(kafkaOf(broker.brokers), 'well', 1);
  });

  afterEach(() => broker.stop());

  const sendOne = (topic: string): Promise<unknown> =>
    withProducer(kafkaOf(broker.brokers), (producer) => producer.send({ topic, messages: [{ value: 'x' }] }));

  it('refuses produces on one topic until the fault ends, and on that topic alone', async () => {
    const end = broker.faults.refuseProduces('sick');
    const sending = sendOne('sick');
    await sendOne('well');
    expect(await countRecords(kafkaOf(broker.brokers), 'sick')).toBe(0);
    end();
    await sending;
    expect(await countRecords(kafkaOf(broker.brokers), 'sick')).toBe(1);
  });

  it('writes a batch twice', async () => {
    broker.faults.writeTwice('sick');
    await sendOne('sick');
    await sendOne('sick');
    expect(await countRecords(kafkaOf(broker.brokers), 'sick')).toBe(3);
  });

  it('loses an answer: the batch is written, and a producer that is not idempotent writes it again', async () => {
    broker.faults.loseAnswers('sick');
    await sendOne('sick');
    expect(await countRecords(kafkaOf(broker.brokers), 'sick')).toBe(2);
  });

  it('loses an answer: an idempotent producer writes the batch once', async () => {
    broker.faults.loseAnswers('sick');
    await withProducer(
      kafkaOf(broker.brokers),
      (producer) => producer.send({ topic: 'sick', messages: [{ value: 'x' }] }),
      'idempotent',
    );
    expect(await countRecords(kafkaOf(broker.brokers), 'sick')).toBe(1);
  });

  it('stops answering, and carries out what has waited when the fault ends', async () => {
    const end = broker.faults.stopAnswering();
    let isSent = false;
    const sending = (async () => {
      await sendOne('sick');
      isSent = true;
    })();
    await new Promise((resolve) => setTimeout(resolve, 100)); // Nothing happens: there is no condition to await.
    expect(isSent).toBe(false);
    end();
    await sending;
    expect(await countRecords(kafkaOf(broker.brokers), 'sick')).toBe(1);
  });

  it('delays produces, and drops connections, which clients survive', async () => {
    broker.faults.delayProduces('sick', 150, { times: 1 });
    const before = Date.now();
    await withProducer(kafkaOf(broker.brokers), async (producer) => {
      await producer.send({ topic: 'sick', messages: [{ value: 'slow' }] });
      expect(Date.now() - before).toBeGreaterThanOrEqual(145);
      broker.faults.dropConnections();
      await producer.send({ topic: 'sick', messages: [{ value: 'again' }] });
    });
    expect(await countRecords(kafkaOf(broker.brokers), 'sick')).toBe(2);
  });

  it('tells each strike, and outlasts a broker that is stopped and started again', async () => {
    const faults = new Faults();
    let strikes = 0;
    faults.writeTwice('sick', { times: Infinity, onStrike: () => (strikes += 1) });
    for (let start = 1; start <= 2; start++) {
      await broker.stop();
      broker = await startEmbeddedKafka({ storage: 'memory', faults });
      await createTopic(kafkaOf(broker.brokers), 'sick', 1);
      await sendOne('sick');
      expect([strikes, await countRecords(kafkaOf(broker.brokers), 'sick')]).toEqual([start, 2]);
    }
  });
});
