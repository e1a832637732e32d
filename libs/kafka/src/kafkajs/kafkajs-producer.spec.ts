import { Kafka, logLevel } from 'kafkajs';
import Cluster from 'kafkajs/src/cluster/index.js';

import { KafkajsProducer } from './kafkajs-producer.js';

interface Refusal extends Error {
  retriable?: boolean;
  type?: string;
}

/** kafkajs' own producer on a cluster of two brokers, each the leader of one partition. */
describe('a producer of kafkajs on two brokers', () => {
  const [ONE, TWO] = [1, 2];
  let leaders: number[];
  /** What a broker does with the values it is sent. */
  let take: (nodeId: number, values: readonly string[]) => Promise<void>;
  let taken: string[];
  let producer: KafkajsProducer;

  beforeEach(async () => {
    leaders = [ONE, TWO];
    taken = [];
    const brokers = new Map([ONE, TWO].map((nodeId) => [nodeId, brokerOf(nodeId)]));
    const cluster = Cluster.prototype;
    jest.spyOn(cluster, 'connect').mockResolvedValue(undefined);
    jest.spyOn(cluster, 'isConnected').mockReturnValue(true);
    jest.spyOn(cluster, 'addMultipleTargetTopics').mockResolvedValue(undefined);
    jest.spyOn(cluster, 'refreshMetadata').mockResolvedValue(undefined);
    jest.spyOn(cluster, 'refreshMetadataIfNecessary').mockResolvedValue(undefined);
    jest
      .spyOn(cluster, 'findTopicPartitionMetadata')
      .mockImplementation(() => leaders.map((leader, partitionId) => ({ leader, partitionId })));
    jest.spyOn(cluster, 'findLeaderForPartitions').mockImplementation((_, partitions) => {
      const of: Record<number, number[]> = {};
      for (const partition of partitions.map(Number)) (of[leaders[partition] ?? 0] ??= []).push(partition);
      return of;
    });
    jest.spyOn(cluster, 'findBroker').mockImplementation(async ({ nodeId }) => brokers.get(Number(nodeId)) ?? {});
    producer = await KafkajsProducer.connect(new Kafka({ brokers: ['localhost:1'], logLevel: logLevel.NOTHING }));
  });

  afterEach(() => jest.restoreAllMocks());

  function brokerOf(nodeId: number) {
    return {
      nodeId,
      async produce({ topicData }: { topicData: readonly { partitions: readonly Produced[] }[] }) {
        const messages = topicData.flatMap(({ partitions }) => partitions.flatMap((partition) => partition.messages));
        const values = messages.map(({ value }) => value.toString());
        await take(nodeId, values);
        taken.push(...values);
        return { topics: [] };
      },
    };
  }

  /** Two messages, one for each partition. */
  async function sendBoth(): Promise<void> {
    const keys = ['a', 'b', 'c', 'd', 'e', 'f'];
    await producer.send(
      keys.map((key) => ({ topic: 't', key: Buffer.from(key), value: Buffer.from(key), headers: {} })),
    );
  }

  const refusal = (type: string, retriable: boolean): Refusal =>
    Object.assign(new Error(type), { name: 'KafkaJSProtocolError', type, retriable });

  it('sends everything again where a leader moves to a broker that has answered already (F43)', async () => {
    let refused: readonly string[] = [];
    take = async (nodeId, values) => {
      if (nodeId !== TWO) return;
      refused = values;
      leaders = [ONE, ONE];
      throw refusal('NOT_LEADER_FOR_PARTITION', true);
    };
    await sendBoth();
    expect(refused).not.toEqual([]);
    expect(refused).not.toHaveLength(6);
    expect(new Set(taken)).toEqual(new Set(['a', 'b', 'c', 'd', 'e', 'f']));
  });

  it('fails where a broker refuses again', async () => {
    let asked = 0;
    take = async (nodeId) => {
      if (nodeId !== TWO) return;
      asked += 1;
      throw refusal('NOT_ENOUGH_REPLICAS', true);
    };
    await expect(sendBoth()).rejects.toMatchObject({ type: 'NOT_ENOUGH_REPLICAS' });
    expect(asked).toBe(2);
  });

  it('asks once what would be refused again', async () => {
    let asked = 0;
    take = async () => {
      asked += 1;
      throw refusal('MESSAGE_TOO_LARGE', false);
    };
    await expect(sendBoth()).rejects.toMatchObject({ type: 'MESSAGE_TOO_LARGE' });
    expect(asked).toBe(2); // one request a broker
  });
});

interface Produced {
  readonly messages: readonly { readonly value: Buffer }[];
}
