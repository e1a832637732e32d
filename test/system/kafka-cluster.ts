import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

import { startApacheKafkaCluster } from '@waybill/embedded/testing';
import type { ApacheKafkaCluster, ClusterNode } from '@waybill/embedded/testing';
import { Kafka, logLevel } from 'kafkajs';
import type { Admin, PartitionMetadata } from 'kafkajs';

import { until } from './until.js';

/** Takes three JVMs to start, on a machine that other specs share. */
const STARTS_WITHIN_MS = 240_000;

/** Three nodes of Apache Kafka, with temporary data, that a test may restart and kill one by one. */
export class KafkaCluster {
  private constructor(
    private readonly cluster: ApacheKafkaCluster,
    private readonly folder: string,
  ) {}

  static async start(): Promise<KafkaCluster> {
    const folder = mkdtempSync(join(tmpdir(), 'waybill-cluster-'));
    const cluster = await startApacheKafkaCluster({
      folder,
      cacheDir: resolve('.waybill/cache'),
      removeIfOrphaned: folder,
      startTimeoutMs: STARTS_WITHIN_MS,
    });
    return new KafkaCluster(cluster, folder);
  }

  get brokers(): string {
    return this.cluster.brokers;
  }

  get nodes(): readonly ClusterNode[] {
    return this.cluster.nodes;
  }

  /** Waits until every partition has all of its replicas in sync. */
  async replicated(): Promise<void> {
    let behind: readonly string[] = [];
    await until(
      async () => {
        behind = await this.#asAdmin(underReplicated).catch((error: unknown) => [String(error)]);
        return behind.length === 0;
      },
      { timeoutMs: 120_000, what: 'all replicas to be in sync', detail: () => behind.join(', ') },
    );
  }

  async leaderOf(topic: string, partition: number): Promise<ClusterNode> {
    const leader = await this.#asAdmin(async (admin) => {
      const { topics } = await admin.fetchTopicMetadata({ topics: [topic] });
      return topics[0]?.partitions.find(({ partitionId }) => partitionId === partition)?.leader;
    });
    const node = this.nodes.find(({ id }) => id === leader);
    if (node === undefined) throw new Error(`Nobody leads ${topic}/${partition}`);
    return node;
  }

  async remove(): Promise<void> {
    await this.cluster.stop();
    rmSync(this.folder, { recursive: true, force: true });
  }

  async #asAdmin<Result>(work: (admin: Admin) => Promise<Result>): Promise<Result> {
    const brokers = this.brokers.split(',');
    const admin = new Kafka({ clientId: 'operator', brokers, logLevel: logLevel.NOTHING }).admin();
    await admin.connect();
    try {
      return await work(admin);
    } finally {
      await admin.disconnect();
    }
  }
}

async function underReplicated(admin: Admin): Promise<readonly string[]> {
  const { topics } = await admin.fetchTopicMetadata(); // of all
  const isBehind = ({ leader, replicas, isr }: PartitionMetadata): boolean =>
    leader < 0 || replicas.length < 3 || isr.length < replicas.length;
  return topics.flatMap(({ name, partitions }) =>
    partitions.filter(isBehind).map(({ partitionId, isr }) => `${name}/${partitionId} (in sync: ${isr.join(' ')})`),
  );
}
