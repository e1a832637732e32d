import { once } from 'node:events';
import { createServer, type Server, type Socket } from 'node:net';
import { join } from 'node:path';

import { EmbeddedInfrastructureError } from '../embedded.errors.js';
import { lockDirectory } from '../processes/directory-lock.js';
import { Broker } from './broker.js';
import { Connection } from './connection.js';
import type { Faults } from './faults.js';
import type { RequestCounts } from './request-counts.js';
import { DEFAULT_TOPIC_CONFIG, type TopicDefaults } from './topic-config.js';

export interface EmbeddedKafkaOptions {
  /** Where the log, the topics and the committed offsets live; created if missing. 'memory': nowhere. */
  readonly storage: { readonly dataDir: string } | 'memory';
  /** @default 0, any free port */
  readonly port?: number;
  /** Where to listen; also what clients are told to connect to. @default '127.0.0.1' */
  readonly host?: string;
  /** Whether asking for an unknown topic creates it. @default true */
  readonly autoCreateTopics?: boolean;
  /** Partitions of a topic whose creator doesn't say. @default 6 */
  readonly defaultPartitions?: number;
  /** Retention and sizes for topics that don't say otherwise. @default as Apache Kafka: 7 days, no limit of size */
  readonly topicDefaults?: Partial<TopicDefaults>;
  /** How long the first member of an empty group waits for others. @default 50 ms (Apache Kafka: 3 s) */
  readonly initialRebalanceDelayMs?: number;
  /** @default 30 s */
  readonly retentionCheckIntervalMs?: number;
  /** How long a request may take to arrive whole once it has begun; then its connection is closed. @default 30 s */
  readonly frameTimeoutMs?: number;
  /** Failures on demand that outlast this broker, for one that is stopped and started again. @default its own */
  readonly faults?: Faults;
  /** Gets one line for each thing an operator may want to know. @default nowhere */
  readonly log?: (line: string) => void;
}

export interface EmbeddedKafka {
  /** host:port */
  readonly brokers: string;
  readonly port: number;
  /** Failures on demand, for tests. */
  readonly faults: Faults;
  /** What clients have asked for so far. */
  readonly requests: Pick<RequestCounts, 'byClient'>;
  /** Applies retention as of `now` (ms since 1970), without waiting for the next check. */
  applyRetention(now: number): void;
  /** Closes all connections and files. Repeatable. */
  stop(): Promise<void>;
}

const MAX_CONNECTIONS = 1_000;

/**
 * Starts a single-node Kafka broker in this process. What it acknowledged survives the process however that ends, but not
 * a power cut: writes reach the operating system before they are acknowledged, and aren't forced to the disk.
 *
 * @throws EmbeddedInfrastructureError DATA_DIR_IN_USE, PORT_IN_USE
 */
export async function startEmbeddedKafka(options: EmbeddedKafkaOptions): Promise<EmbeddedKafka> {
  const { storage, host = '127.0.0.1', port = 0 } = options;
  const dataDir = storage === 'memory' ? undefined : storage.dataDir;
  const lock =
    dataDir === undefined
      ? undefined
      : lockDirectory(join(dataDir, 'broker.lock'), `The Kafka data directory ${dataDir}`);
  let broker: Broker | undefined;
  try {
    broker = new Broker({
      dataDir,
      autoCreateTopics: options.autoCreateTopics ?? true,
      defaultPartitions: options.defaultPartitions ?? 6,
      topicDefaults: { ...DEFAULT_TOPIC_CONFIG, ...options.topicDefaults },
      initialRebalanceDelayMs: options.initialRebalanceDelayMs ?? 50,
      retentionCheckIntervalMs: options.retentionCheckIntervalMs ?? 30_000,
      faults: options.faults,
      log: options.log ?? (() => {}),
    });
    const server = await listen(broker, { host, port, frameTimeoutMs: options.frameTimeoutMs ?? 30_000 });
    return running(broker, server, () => lock?.release());
  } catch (error) {
    broker?.close();
    lock?.release();
    throw error;
  }
}

interface RunningServer {
  readonly server: Server;
  readonly sockets: ReadonlySet<Socket>;
}

interface Listening {
  readonly host: string;
  readonly port: number;
  readonly frameTimeoutMs: number;
}

async function listen(broker: Broker, { host, port, frameTimeoutMs }: Listening): Promise<RunningServer> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    void new Connection(socket, broker, frameTimeoutMs);
  });
  server.maxConnections = MAX_CONNECTIONS;
  server.listen(port, host);
  try {
    await once(server, 'listening');
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EADDRINUSE')) throw error;
    throw new EmbeddedInfrastructureError(
      'PORT_IN_USE',
      `Port ${port} on ${host} is taken. Stop the program that listens there, or give the Kafka broker another port.`,
      { cause: error },
    );
  }
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('a TCP server has an address and a port');
  broker.address = { host, port: address.port };
  return { server, sockets };
}

function running(broker: Broker, { server, sockets }: RunningServer, release: () => void): EmbeddedKafka {
  let stopping: Promise<void> | undefined;
  const stop = async (): Promise<void> => {
    const closed = once(server, 'close');
    server.close();
    for (const socket of sockets) socket.destroy();
    await closed;
    broker.close();
    release();
  };
  const { host, port } = broker.address;
  return {
    brokers: `${host}:${port}`,
    port,
    faults: broker.faults,
    requests: broker.requests,
    applyRetention: (now) => broker.sweep(now),
    stop: () => (stopping ??= stop()),
  };
}
