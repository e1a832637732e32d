import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { createWriteStream } from 'node:fs';
import { resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

import { SERVICE_NAMES, SERVICE_SETTINGS } from '@waybill/contracts';
import { chosenEnvironment, freePort } from '@waybill/embedded';

import { openInfrastructure } from '../shared/infrastructure.js';
import { openServerSpace } from './server-space.js';
import type { BenchedBroker } from './server-space.js';

const DIE_WITH_US = new URL('../../scripts/start/die-with-parent.js', import.meta.url).href;

export interface SystemOptions {
  readonly broker: BenchedBroker;
  readonly partitions: number;
  /** Processes of each app. */
  readonly replicas: number;
  /** URL of a module that each process loads first. */
  readonly preload?: string;
}

export interface ServiceProcess {
  readonly service: string;
  readonly child: ChildProcess;
}

/** The whole of Waybill as separate processes, on databases and topics of its own. */
export interface RunningSystem {
  /** One of each replica of the order app. */
  readonly orderUrls: readonly string[];
  /** Of the replicas of each app. */
  readonly urls: ReadonlyMap<string, readonly string[]>;
  readonly processes: readonly ServiceProcess[];
  /** Of Kafka alone. */
  readonly kafkaBrokers: string;
  readonly databaseUrl: string;
  readonly databasePrefix: string;
  stop(): Promise<void>;
}

/** KAFKA_BROKERS and DATABASE_URL, where set, are used; what is missing is started and removed afterwards. RabbitMQ and NATS must be there; of SNS and SQS an emulator is started. */
export async function startSystem({ broker, partitions, replicas, preload }: SystemOptions): Promise<RunningSystem> {
  const run = `bench${Date.now()}`;
  const space = await openServerSpace(broker, `${run}.`);
  const infrastructure = await openInfrastructure(broker === 'apache' || broker === 'embedded' ? broker : 'none');
  const log = createWriteStream(resolve('.waybill', 'bench-orders.log')).setMaxListeners(0);
  const processes: ServiceProcess[] = [];
  const ports = new Map<string, number[]>();
  const preloading = preload === undefined ? [] : ['--import', preload];
  try {
    for (const service of SERVICE_NAMES) {
      for (let replica = 0; replica < replicas; replica++) {
        const port = await freePort();
        ports.set(service, [...(ports.get(service) ?? []), port]);
        const child = spawn(
          process.execPath,
          ['--import', DIE_WITH_US, ...preloading, ...nodeFlags(service, replica), `dist/apps/${service}/src/main.js`],
          {
            env: {
              LOG_LEVEL: 'warn',
              ...chosenEnvironment(SERVICE_SETTINGS),
              [`${service.toUpperCase()}_PORT`]: String(port),
              DATABASE_URL: infrastructure.serverUrl,
              DATABASE_PREFIX: `${run}_`,
              ...(space?.settings ?? {
                KAFKA_BROKERS: infrastructure.kafkaBrokers.join(','),
                KAFKA_PREFIX: `${run}.`,
              }),
              TOPIC_PARTITIONS: String(partitions),
            },
            detached: true, // Ctrl-C reaches the bench alone
            stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
          },
        );
        child.stdout?.pipe(log, { end: false });
        child.stderr?.pipe(log, { end: false });
        processes.push({ service, child });
      }
    }
    for (const [service, all] of ports) for (const port of all) await ready(service, port);
  } catch (error) {
    await stop();
    throw error;
  }

  async function stop(): Promise<void> {
    await Promise.all(processes.map(({ child }) => end(child)));
    log.end();
    await space?.remove();
    await infrastructure.stop();
  }

  return {
    orderUrls: urlsOf(ports.get('order')),
    urls: new Map([...ports].map(([service, of]) => [service, urlsOf(of)])),
    processes,
    kafkaBrokers: infrastructure.kafkaBrokers.join(','),
    databaseUrl: infrastructure.serverUrl,
    databasePrefix: `${run}_`,
    stop,
  };
}

function urlsOf(ports: readonly number[] = []): readonly string[] {
  return ports.map((port) => `http://127.0.0.1:${port}`);
}

/** `PROFILE=<folder>` writes a CPU profile of each app there. */
function nodeFlags(service: string, replica: number): readonly string[] {
  const folder = process.env['PROFILE'];
  return folder === undefined
    ? []
    : [
        '--cpu-prof',
        `--cpu-prof-dir=${folder}`,
        `--cpu-prof-name=${service}${replica > 0 ? `-${replica}` : ''}.cpuprofile`,
      ];
}

async function ready(service: string, port: number): Promise<void> {
  for (const deadline = Date.now() + 60_000; Date.now() < deadline; await sleep(100)) {
    const answer = await fetch(`http://127.0.0.1:${port}/health/ready`).catch(() => undefined);
    if (answer?.ok === true) return;
  }
  throw new Error(`${service} was not ready within 60 s; see .waybill/bench-orders.log`);
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exited = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGTERM');
  const deadline = setTimeout(() => child.kill('SIGKILL'), 20_000);
  await exited;
  clearTimeout(deadline);
}
