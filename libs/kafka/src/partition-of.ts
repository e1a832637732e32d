import { Partitioners } from 'kafkajs';

const partitioner = Partitioners.DefaultPartitioner();

/** Where the publisher, and every other client that does as Java's does, puts a key. */
export function partitionOf(key: Buffer, partitions: number): number {
  const partitionMetadata = Array.from({ length: partitions }, (_, partitionId) => ({
    partitionErrorCode: 0,
    partitionId,
    leader: 0,
    replicas: [],
    isr: [],
  }));
  return partitioner({ topic: '', partitionMetadata, message: { key, value: null } });
}
