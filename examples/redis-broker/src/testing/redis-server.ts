import { spawn, spawnSync } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { freePort } from '@waybill/embedded/testing';
import type { Broker } from '@waybill/messaging';
import { eventually } from '@waybill/messaging/testing';
import type { ServerOfItsOwn } from '@waybill/messaging/testing';

import { testRedis } from './test-redis.js';

export function isRedisInstalled(): boolean {
  return spawnSync('redis-server', ['--version']).status === 0;
}

/** A Redis that a test may kill, with an append-only file: what that has survives the process, whatever its fsync. */
export class RedisServer implements ServerOfItsOwn {
  readonly #folder = mkdtempSync(join(tmpdir(), 'waybill-redis-'));
  #process: ChildProcess | undefined;
  readonly broker: Broker;

  private constructor(private readonly port: number) {
    this.broker = testRedis({ url: `redis://127.0.0.1:${port}` });
  }

  static async start(): Promise<RedisServer> {
    const server = new RedisServer(await freePort());
    await server.start();
    return server;
  }

  async start(): Promise<void> {
    const settings = { port: this.port, bind: '127.0.0.1', dir: this.#folder, appendonly: 'yes', save: '' };
    const args = Object.entries(settings).flatMap(([name, value]) => [`--${name}`, String(value)]);
    this.#process = spawn('redis-server', args, { stdio: 'ignore' });
    await eventually(() => this.#answers(), 30_000);
  }

  async kill(): Promise<void> {
    const gone = new Promise((resolve) => this.#process?.once('exit', resolve));
    this.#process?.kill('SIGKILL');
    await gone;
  }

  async remove(): Promise<void> {
    await this.kill();
    rmSync(this.#folder, { recursive: true, force: true });
  }

  #answers(): Promise<boolean> {
    return new Promise((resolve) => {
      const socket = connect(this.port, '127.0.0.1', () => socket.write('PING\r\n'));
      const end = (answers: boolean): void => {
        socket.destroy();
        resolve(answers);
      };
      socket.once('data', (data) => end(String(data).startsWith('+PONG')));
      socket.once('error', () => end(false));
    });
  }
}
