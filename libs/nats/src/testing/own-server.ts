import { spawn, spawnSync } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { freePort } from '@waybill/embedded/testing';
import { eventually } from '@waybill/messaging/testing';

const PATH = `${process.env['PATH'] ?? ''}:/usr/local/sbin:/usr/sbin`;
const env = { ...process.env, PATH };

export function isNatsInstalled(): boolean {
  return spawnSync('nats-server', ['--version'], { env }).status === 0;
}

/** Tests that stop their server, or want one with users and certificates. */
export function describeOnOwnServer(title: string, tests: () => void): void {
  if (isNatsInstalled()) describe(title, tests);
  else describe.skip(`${title} (skipped: there is no nats-server on the PATH)`, tests);
}

/** A server of a test's own, with JetStream, whose data outlives it until it is removed. */
export class OwnServer {
  readonly folder = mkdtempSync(join(tmpdir(), 'waybill-nats-'));
  #process: ChildProcess | undefined;

  private constructor(
    readonly port: number,
    private readonly config: string,
  ) {}

  /** @param config more of the server's configuration, in its own language */
  static async start(config = ''): Promise<OwnServer> {
    const server = new OwnServer(await freePort(), config);
    await server.start();
    return server;
  }

  /** Servers that keep copies of each other's streams. */
  static async startCluster(count: number): Promise<readonly OwnServer[]> {
    const routes = await Promise.all(Array.from({ length: count }, () => freePort()));
    const urls = routes.map((port) => `"nats://127.0.0.1:${port}"`).join(', ');
    const starting = routes.map((port, index) =>
      OwnServer.start(`server_name: n${index}\ncluster { name: c, listen: "127.0.0.1:${port}", routes: [ ${urls} ] }`),
    );
    return Promise.all(starting);
  }

  get url(): string {
    return `nats://127.0.0.1:${this.port}`;
  }

  /** Again, with what it had before. */
  async start(): Promise<void> {
    const file = join(this.folder, 'server.conf');
    const jetstream = `jetstream { store_dir: "${join(this.folder, 'data')}" }`;
    writeFileSync(file, `listen: "127.0.0.1:${this.port}"\n${jetstream}\n${this.config}\n`);
    this.#process = spawn('nats-server', ['-c', file], { env, stdio: 'ignore' });
    await eventually(() => this.#answers(), 30_000);
  }

  /** Without being asked. */
  async kill(): Promise<void> {
    const gone = new Promise((resolve) => this.#process?.once('exit', resolve));
    this.#process?.kill('SIGKILL');
    await gone;
  }

  /** A copy of a stream's files, while it doesn't run. */
  keepStream(stream: string): void {
    const { data, copy } = this.#places(stream);
    cpSync(data, copy, { recursive: true });
  }

  /** As it was when it was kept, while it doesn't run: from a snapshot of the disk, or as if what came since had not reached it. */
  rollBackStream(stream: string): void {
    const { data, copy } = this.#places(stream);
    rmSync(data, { recursive: true });
    cpSync(copy, data, { recursive: true });
  }

  #places(stream: string): { readonly data: string; readonly copy: string } {
    const data = join(this.folder, 'data', 'jetstream', '$G', 'streams', stream);
    return { data, copy: join(this.folder, 'copies', stream) };
  }

  async remove(): Promise<void> {
    if (this.#process?.exitCode === null && this.#process.signalCode === null) await this.kill();
    rmSync(this.folder, { recursive: true, force: true });
  }

  async #answers(): Promise<boolean> {
    return new Promise((resolve) => {
      const socket = connect(this.port, '127.0.0.1');
      const end = (answers: boolean): void => {
        socket.destroy();
        resolve(answers);
      };
      socket.once('data', (data) => end(data.toString().startsWith('INFO')));
      socket.once('error', () => end(false));
    });
  }
}
