import type { RecordToPublish } from '@waybill/messaging';

import type { KafkaClient, KafkaProducer } from './kafka-client.js';
import { KafkaError } from './kafka-errors.js';
import { KafkaPublisher } from './kafka-publisher.js';
import { TopicNames } from './topic-names.js';

/** A cluster that refuses the requests that `refuses` names, and remembers what it took. */
class ScriptedKafka {
  readonly taken: string[] = [];
  #requests = 0;

  constructor(
    private readonly refuses: (request: number, topics: readonly string[], keys: readonly string[]) => boolean,
  ) {}

  publisher(): KafkaPublisher {
    const producer: KafkaProducer = {
      close: async () => {},
      send: async (records) => {
        this.#requests += 1;
        const [topics, keys] = [records.map(({ topic }) => topic), records.map(({ key }) => String(key))];
        if (this.refuses(this.#requests, topics, keys)) throw new Error('not enough replicas');
        for (const { topic, key } of records) this.taken.push(`${topic}:${String(key)}`);
      },
    };
    const client: Pick<KafkaClient, 'connectProducer'> = { connectProducer: async () => producer };
    return new KafkaPublisher(client, new TopicNames());
  }
}

/** Two of them fill a request, so a third begins the next one. */
const record = (topic: string, key: string): RecordToPublish => ({
  topic,
  key: Buffer.from(key),
  value: Buffer.alloc(300_000),
  headers: {},
});

describe('KafkaPublisher', () => {
  it('lets no later record of a topic overtake those that were refused in the same call, and holds up no other topic', async () => {
    const kafka = new ScriptedKafka((request, topics) => request <= 2 && topics.includes('bad'));
    const records = [
      record('bad', '1'),
      record('good', '1'),
      record('bad', '2'),
      record('good', '2'),
      record('bad', '3'),
    ];
    const outcomes = await kafka.publisher().publish(records);
    expect(kafka.taken).toEqual(['good:1', 'good:2']);
    expect(outcomes.map(({ ok }) => ok)).toEqual([false, true, false, true, false]);
    expect(outcomes[4]).toMatchObject({ ok: false, retriable: true });
  });

  it('continues with a topic after a refusal that will never change', async () => {
    const refusal = new KafkaError('too large', { type: 'MESSAGE_TOO_LARGE', cause: undefined });
    const kafka = new ScriptedKafka((_, topics) => {
      if (topics.includes('bad')) throw refusal;
      return false;
    });
    const outcomes = await kafka.publisher().publish([record('bad', '1'), record('good', '1'), record('good', '2')]);
    expect(kafka.taken).toEqual(['good:1', 'good:2']);
    expect(outcomes[0]).toMatchObject({ ok: false, retriable: false });
  });

  it('opens no producer once it is closed, whatever it was publishing', async () => {
    const opened: string[] = [];
    const closed: string[] = [];
    let refuse = (): void => {};
    const connectProducer = async (): Promise<KafkaProducer> => {
      const name = `producer ${opened.push('')}`;
      return {
        send: () => new Promise((_, reject) => (refuse = () => reject(new Error('not enough replicas')))),
        close: async () => void closed.push(name),
      };
    };
    const publisher = new KafkaPublisher({ connectProducer }, new TopicNames());
    const publishing = publisher.publish([record('t', '1'), record('u', '1')]);
    await new Promise(setImmediate);
    await publisher.close();
    refuse();
    expect((await publishing).map(({ ok }) => ok)).toEqual([false, false]);
    expect([opened.length, closed]).toEqual([1, ['producer 1']]);
  });

  it('sends nothing of a key past its record that was refused for good, in the same call', async () => {
    const refusal = new KafkaError('too large', { type: 'MESSAGE_TOO_LARGE', cause: undefined });
    const kafka = new ScriptedKafka((_, __, keys) => {
      if (keys.includes('large')) throw refusal;
      return false;
    });
    const small = (key: string): RecordToPublish => ({ ...record('t', key), value: Buffer.alloc(10) });
    const records = [record('t', 'large'), small('large'), small('other'), record('t', 'other'), record('t', 'large')];
    const outcomes = await kafka.publisher().publish(records);
    expect(kafka.taken).toEqual(['t:other', 't:other']);
    expect(outcomes).toMatchObject([
      { ok: false, retriable: false },
      { ok: false, retriable: true },
      { ok: true },
      { ok: true },
      { ok: false, retriable: true },
    ]);
  });
});
