import { uniqueTopic } from '../../testing/unique-topic.js';
import { socketsThatLoseAnswers } from '../testing/answer-losing-socket.js';
import { consume, createTopic, kafkaOf, withProducer } from '../testing/kafka-clients.js';
import { CHOSEN_KAFKA } from '../testing/own-broker.js';

jest.setTimeout(60_000);

/** The answer to a produce request is lost on its way: the batch is in the log, and the producer can't know. */
describe(`retries of producers (${CHOSEN_KAFKA})`, () => {
  const brokers = process.env['KAFKA_BROKERS'] ?? '';
  let topic: string;

  beforeEach(async () => {
    topic = uniqueTopic('retries');
    await createTopic(kafkaOf(brokers), topic, 1);
  });

  async function sendFive(lostAnswers: number, idempotent?: 'idempotent'): Promise<(string | null)[]> {
    const sockets = socketsThatLoseAnswers(lostAnswers);
    const kafka = kafkaOf(brokers, { socketFactory: sockets.create });
    await withProducer(
      kafka,
      async (producer) => {
        for (const value of ['a', 'b', 'c', 'd', 'e']) await producer.send({ topic, messages: [{ value }] });
      },
      idempotent,
    );
    expect(sockets.lost()).toBe(lostAnswers);
    await withProducer(kafkaOf(brokers), (producer) => producer.send({ topic, messages: [{ value: 'end' }] }));
    const all = await consume(kafkaOf(brokers), topic, topic, 6 + (idempotent === undefined ? lostAnswers : 0));
    return all.map(({ value }) => value);
  }

  it('an idempotent producer that repeats a batch again and again has it written once, and continues', async () => {
    expect(await sendFive(3, 'idempotent')).toEqual(['a', 'b', 'c', 'd', 'e', 'end']);
  });

  it('any other producer has it written each time', async () => {
    expect(await sendFive(2)).toEqual(['a', 'a', 'a', 'b', 'c', 'd', 'e', 'end']);
  });
});
