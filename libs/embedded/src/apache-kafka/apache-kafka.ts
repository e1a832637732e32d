import { spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';

import { ensureWritableDirectory, isEmptyOrMissing } from '../data-directory.js';
import { EmbeddedInfrastructureError } from '../embedded.errors.js';
import { assertPortFree, freePort } from '../free-port.js';
import { chosenEnvironment } from '../processes/chosen-environment.js';
import { lockDirectory } from '../processes/directory-lock.js';
import { commandLine, identify, isStillRunning, readIdentity } from '../processes/process-identity.js';
import { stopLeftover } from '../processes/stop-leftover.js';
import { logTail, startSupervised, type SupervisedProcess } from '../processes/supervised-process.js';
import { apacheKafkaClasspath, apacheKafkaFile } from './jars.js';
import { findJava } from './java.js';
import { serverProperties, type Listener } from './server-properties.js';

export interface ApacheKafkaOptions {
  /** Where topics live; created on the first start. Beside it lie `<dataDir>.lock`, `.pid`, `.log` and `.properties`. */
  readonly dataDir: string;
  /** Where the jars are kept from one start to the next. */
  readonly cacheDir: string;
  /**
   * TCP port on 127.0.0.1; 0 takes a free one.
   * @default 0
   */
  readonly port?: number;
  /**
   * The JVM's heap, in MB.
   * @default 512
   */
  readonly heapMb?: number;
  /**
   * How long the broker may take until it serves requests, recovery of its logs included.
   * @default 180000
   */
  readonly startTimeoutMs?: number;
  /** Told about steps that take long. */
  readonly log?: (line: string) => void;
  /** Deleted, by a guard process, if this process dies without having called `stop`. For temporary directories. */
  readonly removeIfOrphaned?: string;
  /** Beside the plain one. @default none */
  readonly listeners?: readonly Listener[];
  /** Settings of `server.properties` beside, or instead of, ours. @default none */
  readonly properties?: Readonly<Record<string, string>>;
  /** The cluster that it is a node of. It has started only once most of them have. @default one of its own */
  readonly cluster?: ClusterPlace;
}

export interface ClusterPlace {
  readonly id: string;
  /** From 1 on. */
  readonly nodeId: number;
  /** Of all nodes, in their order. */
  readonly controllerPorts: readonly number[];
}

export interface ApacheKafka {
  /** `127.0.0.1:<port>` */
  readonly brokers: string;
  readonly port: number;
  readonly pid: number;
  /** Resolves when the broker has ended, asked or not, to a description of how. */
  readonly exited: Promise<string>;
  /** A controlled shutdown. Repeatable. */
  stop(): Promise<void>;
}

const STOP_DEADLINE_MS = 30_000;
const STARTED = 'Kafka Server started';
const STARTS_ON_A_FREE_PORT = 4;

/**
 * Starts a node of Apache Kafka (KRaft) on the JVM, without Docker. The storage is formatted on the first start; after a kill -9 the
 * logs are recovered; a broker that a killed run left on the same data is stopped first. If this process dies, the broker is shut down cleanly.
 * @throws EmbeddedInfrastructureError whose message says what to do
 */
export async function startApacheKafka(options: ApacheKafkaOptions): Promise<ApacheKafka> {
  const dataDir = resolve(options.dataDir);
  ensureWritableDirectory(resolve(dataDir, '..'));
  const java = findJava();
  const classpath = apacheKafkaClasspath(options);
  const lock = lockDirectory(`${dataDir}.lock`, `The Kafka data in ${dataDir}`);
  try {
    await stopOrphan(dataDir);
    const { port, broker } = await startOnPort({ ...options, dataDir }, java, classpath);
    void broker.exited.then(() => lock.release());
    return {
      brokers: `127.0.0.1:${port}`,
      port,
      pid: broker.pid,
      exited: broker.exited,
      stop: () => broker.stop(STOP_DEADLINE_MS),
    };
  } catch (error) {
    lock.release();
    throw error;
  }
}

async function startOnPort(options: ApacheKafkaOptions, java: string, classpath: string) {
  const fixed = options.port ?? 0;
  if (fixed !== 0) {
    await assertPortFree(fixed, 'Apache Kafka', 'KAFKA_PORT');
  }
  for (let start = 1; ; start++) {
    const port = fixed === 0 ? await freePort() : fixed;
    const properties = `${options.dataDir}.properties`;
    const cluster = options.cluster ?? { id: newClusterId(), nodeId: 1, controllerPorts: [await freePort()] };
    const { dataDir: logDir, listeners = [] } = options;
    writeFileSync(properties, serverProperties({ port, logDir, listeners, ...cluster }, options.properties));
    format(options, java, classpath, properties, cluster.id);
    const offset = sizeOf(logFile(options));
    const broker = await launch(options, java, classpath, properties);
    const failure = await untilStarted(broker, options, offset);
    if (failure === undefined) {
      return { port, broker };
    }
    const log = logTail(logFile(options), 30);
    if (fixed !== 0 || !log.includes('Address already in use') || start === STARTS_ON_A_FREE_PORT) {
      throw new EmbeddedInfrastructureError(
        failure.code,
        `Apache Kafka on port ${port} ${failure.what}. The end of ${logFile(options)}:\n${log}`,
      );
    }
  }
}

export function newClusterId(): string {
  return randomBytes(16).toString('base64url').replace(/^-/, 'A'); // a leading dash would read as an option
}

function format(
  options: ApacheKafkaOptions,
  java: string,
  classpath: string,
  properties: string,
  clusterId: string,
): void {
  if (existsSync(join(options.dataDir, 'meta.properties'))) {
    return;
  }
  if (!isEmptyOrMissing(options.dataDir) && !existsSync(join(options.dataDir, 'bootstrap.checkpoint'))) {
    throw new EmbeddedInfrastructureError(
      'DATA_DIR_FOREIGN',
      `${options.dataDir} is not empty, and holds no Kafka data. Choose another directory, or remove what is in it.`,
    );
  }
  const run = spawnSync(
    java,
    [...jvmOptions(128, classpath), 'kafka.tools.StorageTool', 'format', '-t', clusterId, '-c', properties, '-g'],
    { encoding: 'utf8', env: chosenEnvironment() },
  );
  if (run.status !== 0) {
    throw new EmbeddedInfrastructureError(
      'START_FAILED',
      `Kafka's storage in ${options.dataDir} could not be formatted: ${run.stdout}${run.stderr}`,
    );
  }
}

async function launch(options: ApacheKafkaOptions, java: string, classpath: string, properties: string) {
  const broker = await startSupervised({
    name: 'Apache Kafka',
    file: java,
    args: [...jvmOptions(options.heapMb ?? 512, classpath), 'kafka.Kafka', properties],
    logFile: logFile(options),
    stopSignal: 'SIGTERM',
    ...(options.removeIfOrphaned === undefined ? {} : { removeIfOrphaned: options.removeIfOrphaned }),
  });
  writeFileSync(`${options.dataDir}.pid`, JSON.stringify(identify(broker.pid) ?? {}));
  return broker;
}

function jvmOptions(heapMb: number, classpath: string): readonly string[] {
  return [
    `-Xmx${heapMb}m`,
    '-XX:+UseG1GC',
    '-XX:MaxGCPauseMillis=20',
    '-Djava.awt.headless=true',
    `-Dlog4j2.configurationFile=${pathToFileURL(apacheKafkaFile('log4j2.xml')).href}`,
    '-cp',
    classpath,
  ];
}

async function untilStarted(broker: SupervisedProcess, options: ApacheKafkaOptions, logOffset: number) {
  const timeoutMs = options.startTimeoutMs ?? 180_000;
  const deadline = Date.now() + timeoutMs;
  while (!readFileSync(logFile(options)).subarray(logOffset).includes(STARTED)) {
    if (broker.hasExited()) {
      return { code: 'START_FAILED', what: await broker.exited } as const;
    }
    if (Date.now() > deadline) {
      await broker.stop(STOP_DEADLINE_MS);
      return { code: 'START_TIMED_OUT', what: `did not start within ${timeoutMs} ms` } as const;
    }
    await sleep(50);
  }
  return undefined;
}

async function stopOrphan(dataDir: string): Promise<void> {
  const orphan = readIdentity(`${dataDir}.pid`);
  if (orphan !== undefined && isStillRunning(orphan) && commandLine(orphan.pid).includes('kafka.Kafka')) {
    await stopLeftover(orphan, 'SIGTERM', STOP_DEADLINE_MS);
  }
}

function sizeOf(file: string): number {
  return statSync(file, { throwIfNoEntry: false })?.size ?? 0;
}

function logFile({ dataDir }: ApacheKafkaOptions): string {
  return `${dataDir}.log`;
}
