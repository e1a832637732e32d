import { type Admin, type IHeaders, Kafka, type KafkaConfig, logLevel, type Message, type Producer } from 'kafkajs';

export interface ConsumedRecord {
  readonly partition: number;
  readonly offset: number;
  readonly key: string | null;
  readonly value: string | null;
  readonly headers: IHeaders;
}

export const kafkaOf = (brokers: string, more: Partial<KafkaConfig> = {}): Kafka =>
  new Kafka({
    clientId: 'test',
    brokers: [brokers],
    logLevel: logLevel.NOTHING,
    retry: { initialRetryTime: 50, retries: 12 },
    ...more,
  });

/** Connects a producer for the time of `use`. */
export async function withProducer<T>(
  kafka: Kafka,
  use: (producer: Producer) => Promise<T>,
  idempotent?: 'idempotent',
): Promise<T> {
  const producer = kafka.producer({ idempotent: idempotent !== undefined });
  await producer.connect();
  try {
    return await use(producer);
  } finally {
    await producer.disconnect();
  }
}

export const send = (kafka: Kafka, topic: string, messages: Message[]): Promise<unknown> =>
  withProducer(kafka, (producer) => producer.send({ topic, messages }));

/**
 * Creates a topic and waits until it has all its leaders. Not by kafkajs' `waitForLeaders`, which gives up when a broker
 * that is behind its controller answers that it doesn't know the topic yet.
 */
export async function createTopic(
  kafka: Kafka,
  topic: string,
  numPartitions: number,
  configs: Readonly<Record<string, string>> = {},
): Promise<void> {
  const configEntries = Object.entries(configs).map(([name, value]) => ({ name, value }));
  await withAdmin(kafka, async (admin) => {
    await admin.createTopics({ topics: [{ topic, numPartitions, configEntries }], waitForLeaders: false });
    while (!(await hasLeaders(admin, topic, numPartitions))) await new Promise((resolve) => setTimeout(resolve, 20));
  });
}

async function hasLeaders(admin: Admin, topic: string, numPartitions: number): Promise<boolean> {
  if (!(await admin.listTopics()).includes(topic)) return false;
  const { topics } = await admin.fetchTopicMetadata({ topics: [topic] }).catch(() => ({ topics: [] }));
  const partitions = topics[0]?.partitions ?? [];
  return partitions.length === numPartitions && partitions.every(({ leader }) => leader >= 0);
}

/** Reads from the beginning (or the group's offsets) until `count` records have come, commits, and leaves. */
export async function consume(kafka: Kafka, topic: string, groupId: string, count: number): Promise<ConsumedRecord[]> {
  const consumer = kafka.consumer({ groupId, maxWaitTimeInMs: 200, maxBytesPerPartition: 4 * 1024 * 1024 });
  const records: ConsumedRecord[] = [];
  await consumer.connect();
  await consumer.subscribe({ topic, fromBeginning: true });
  await new Promise<void>((resolve, reject) => {
    // kafkajs restarts by itself after what may pass, as a fresh coordinator that is still loading.
    consumer.on(consumer.events.CRASH, ({ payload }) => (payload.restart ? undefined : reject(payload.error)));
    consumer
      .run({
        eachMessage: async ({ partition, message: { offset, key, value, headers } }) => {
          if (records.length === count) return;
          records.push({
            partition,
            offset: Number(offset),
            key: key?.toString() ?? null,
            value: value?.toString() ?? null,
            headers: headers ?? {},
          });
          if (records.length === count) resolve();
        },
      })
      .catch(reject);
  });
  await consumer.disconnect();
  return records;
}

/** Connects an admin client for the time of `use`. */
export async function withAdmin<T>(kafka: Kafka, use: (admin: Admin) => Promise<T>): Promise<T> {
  const admin = kafka.admin();
  await admin.connect();
  try {
    return await use(admin);
  } finally {
    await admin.disconnect();
  }
}

/** Records in all partitions of the topic. */
export async function countRecords(kafka: Kafka, topic: string): Promise<number> {
  const offsets = await withAdmin(kafka, (admin) => admin.fetchTopicOffsets(topic));
  return offsets.reduce((sum, { high, low }) => sum + Number(high) - Number(low), 0);
}
