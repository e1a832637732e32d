import { spawn, spawnSync } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';

import { freePort } from '@waybill/embedded/testing';
import { eventually } from '@waybill/messaging/testing';

/** Where Debian has it; what it puts on the PATH is for root alone, and changes to another user. */
const DEBIANS = '/usr/lib/rabbitmq/bin/rabbitmq-server';
const START_MS = 60_000;

export function isRabbitInstalled(): boolean {
  return existsSync(DEBIANS) || spawnSync('rabbitmq-server', ['--help']).error === undefined;
}

/** A RabbitMQ of a test's own, whose data outlives it until it is removed. */
export class OwnRabbit {
  readonly #folder = mkdtempSync(join(tmpdir(), 'waybill-rabbit-'));
  #process: ChildProcess | undefined;

  private constructor(
    readonly port: number,
    private readonly distributionPort: number,
  ) {}

  /** @returns `undefined` where no RabbitMQ is installed. */
  static async start(): Promise<OwnRabbit | undefined> {
    if (!isRabbitInstalled()) return undefined;
    const server = new OwnRabbit(await freePort(), await freePort());
    await server.start();
    return server;
  }

  get url(): string {
    return `amqp://guest:guest@127.0.0.1:${this.port}`;
  }

  /** Again, with what it had before. */
  async start(): Promise<void> {
    const inFolder = (name: string): string => join(this.#folder, name);
    this.#process = spawn(existsSync(DEBIANS) ? DEBIANS : 'rabbitmq-server', {
      detached: true, // a group of processes of its own
      stdio: 'ignore',
      env: {
        PATH: process.env['PATH'],
        HOME: this.#folder,
        RABBITMQ_NODENAME: `${basename(this.#folder)}@localhost`,
        RABBITMQ_NODE_IP_ADDRESS: '127.0.0.1',
        RABBITMQ_NODE_PORT: String(this.port),
        RABBITMQ_DIST_PORT: String(this.distributionPort),
        RABBITMQ_MNESIA_BASE: inFolder('data'),
        RABBITMQ_LOG_BASE: inFolder('log'),
        RABBITMQ_CONFIG_FILE: inFolder('rabbitmq'),
        RABBITMQ_CONF_ENV_FILE: inFolder('rabbitmq-env.conf'),
        RABBITMQ_ENABLED_PLUGINS_FILE: inFolder('enabled_plugins'),
      },
    });
    await eventually(() => this.#answers(), START_MS);
  }

  /** Without being asked. */
  async kill(): Promise<void> {
    const child = this.#process;
    if (child?.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const gone = new Promise((resolve) => child.once('exit', resolve));
    process.kill(-child.pid, 'SIGKILL');
    await gone;
    await eventually(async () => !(await this.#answers()), START_MS);
  }

  async remove(): Promise<void> {
    await this.kill();
    rmSync(this.#folder, { recursive: true, force: true });
  }

  /** Whether it speaks AMQP: it listens before it has recovered what it had. */
  async #answers(): Promise<boolean> {
    return new Promise((resolve) => {
      const socket = connect(this.port, '127.0.0.1', () => socket.write('AMQP\0\0\x09\x01'));
      const end = (answers: boolean): void => {
        socket.destroy();
        resolve(answers);
      };
      socket.once('data', () => end(true));
      socket.once('error', () => end(false));
      socket.setTimeout(2_000, () => end(false));
    });
  }
}
