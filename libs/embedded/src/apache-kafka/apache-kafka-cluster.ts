import { join } from 'node:path';

import { freePort } from '../free-port.js';
import { newClusterId, startApacheKafka } from './apache-kafka.js';
import type { ApacheKafka, ApacheKafkaOptions } from './apache-kafka.js';

export interface ApacheKafkaClusterOptions extends Pick<
  ApacheKafkaOptions,
  'cacheDir' | 'startTimeoutMs' | 'removeIfOrphaned' | 'log' | 'properties'
> {
  /** Where the data of `node-1`, `node-2` and so on lie, each with its log beside it. */
  readonly folder: string;
  /** @default 3 */
  readonly nodes?: number;
  /**
   * The heap of each JVM, in MB.
   * @default 256
   */
  readonly heapMb?: number;
}

/** One of a cluster. It keeps its port and its data from one start to the next. */
export interface ClusterNode {
  readonly id: number;
  /** `127.0.0.1:<port>` */
  readonly broker: string;
  start(): Promise<void>;
  /** A controlled shutdown: others lead its partitions before it is gone. */
  stop(): Promise<void>;
  /** With -9. */
  kill(): Promise<void>;
}

export interface ApacheKafkaCluster {
  /** `127.0.0.1:<port>,…` */
  readonly brokers: string;
  readonly nodes: readonly ClusterNode[];
  /** Kills all that are running: the last ones could hand their partitions over to nobody. Repeatable. */
  stop(): Promise<void>;
}

/**
 * Starts a cluster of Apache Kafka, each node broker and controller in one. Three nodes keep every topic three times, unless
 * it is created otherwise, and acknowledge what two of them have.
 * @throws EmbeddedInfrastructureError whose message says what to do
 */
export async function startApacheKafkaCluster(options: ApacheKafkaClusterOptions): Promise<ApacheKafkaCluster> {
  const { folder, nodes: count = 3, heapMb = 256, ...more } = options;
  const ports = await freePorts(2 * count);
  const [brokerPorts, controllerPorts] = [ports.slice(0, count), ports.slice(count)];
  const id = newClusterId();
  const nodes = brokerPorts.map((port, index) => {
    const nodeId = index + 1;
    const dataDir = join(folder, `node-${nodeId}`);
    return new Node({ ...more, dataDir, port, heapMb, cluster: { id, nodeId, controllerPorts } }, nodeId);
  });
  const stop = async (): Promise<void> => {
    await Promise.all(nodes.map((node) => node.kill()));
  };
  const starts = await Promise.allSettled(nodes.map((node) => node.start())); // none starts alone
  const failed = starts.find((start) => start.status === 'rejected');
  if (failed) {
    await stop();
    throw failed.reason;
  }
  return { brokers: nodes.map(({ broker }) => broker).join(','), nodes, stop };
}

class Node implements ClusterNode {
  readonly broker: string;
  #running: ApacheKafka | undefined;

  constructor(
    private readonly options: ApacheKafkaOptions,
    readonly id: number,
  ) {
    this.broker = `127.0.0.1:${options.port}`;
  }

  async start(): Promise<void> {
    this.#running = await startApacheKafka(this.options);
  }

  async stop(): Promise<void> {
    await this.#running?.stop();
    this.#running = undefined;
  }

  async kill(): Promise<void> {
    const running = this.#running;
    if (running === undefined) return;
    this.#running = undefined; // its pid is somebody else's from then on
    process.kill(running.pid, 'SIGKILL');
    await running.exited;
  }
}

/** Each another one: a port that is free may be given out again. */
async function freePorts(count: number): Promise<readonly number[]> {
  const ports = new Set<number>();
  while (ports.size < count) ports.add(await freePort());
  return [...ports];
}
