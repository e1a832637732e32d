import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { join } from 'node:path';

import type { ServiceName } from '@waybill/contracts';
import { chosenEnvironment, freePort } from '@waybill/embedded';

import { until } from './until.js';

/** One app as a process of its own, as `npm start` runs it: built code, environment variables, signals. */
export class ServiceProcess {
  #child: ChildProcess | undefined;
  #output = '';

  private constructor(
    readonly name: ServiceName | 'lab',
    readonly port: number,
    private readonly env: Readonly<Record<string, string>>,
  ) {}

  /** @param port where something else has been told already; otherwise a free one */
  static async create(
    name: ServiceName | 'lab',
    env: Readonly<Record<string, string>>,
    port?: number,
  ): Promise<ServiceProcess> {
    return new ServiceProcess(name, port ?? (await freePort()), env);
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  get pid(): number | undefined {
    return this.#child?.pid;
  }

  /** Everything the process has printed, over all its lives. */
  get output(): string {
    return this.#output;
  }

  get isRunning(): boolean {
    return this.#child !== undefined && this.#child.exitCode === null && this.#child.signalCode === null;
  }

  /** Starts the process without waiting for it. */
  spawn(): void {
    const child = spawn(process.execPath, ['--enable-source-maps', join('dist', 'apps', this.name, 'src', 'main.js')], {
      env: {
        ...chosenEnvironment(),
        LOG_LEVEL: 'info',
        ...this.env,
        [`${this.name.toUpperCase()}_PORT`]: String(this.port),
        [`${this.name.toUpperCase()}_URL`]: this.url,
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const keep = (chunk: Buffer): void => {
      this.#output = (this.#output + chunk.toString()).slice(-2_000_000);
    };
    child.stdout.on('data', keep);
    child.stderr.on('data', keep);
    this.#child = child;
  }

  async start(): Promise<void> {
    this.spawn();
    await this.ready();
  }

  async ready(): Promise<void> {
    await until(
      async () => {
        if (!this.isRunning) throw new Error(`${this.name} ended before it was ready:\n${this.#output.slice(-4000)}`);
        return (await fetch(`${this.url}/health/ready`).catch(() => undefined))?.ok === true;
      },
      { timeoutMs: 90_000, what: `${this.name} to be ready`, detail: () => this.#output.slice(-4000) },
    );
  }

  /** Stops it as it is, as a suspended machine would: it answers nothing and its connections stay open. */
  freeze(): void {
    this.#child?.kill('SIGSTOP');
  }

  thaw(): void {
    this.#child?.kill('SIGCONT');
  }

  /** Sends the signal and waits for the end of the process. @returns its exit code, `null` where the signal ended it. */
  async end(signal: 'SIGTERM' | 'SIGKILL' = 'SIGTERM'): Promise<number | null> {
    const child = this.#child;
    if (!child || !this.isRunning) return child?.exitCode ?? null;
    const exited = new Promise<number | null>((resolve) => child.once('exit', (code) => resolve(code)));
    child.kill(signal);
    child.kill('SIGCONT'); // one that is frozen would not hear it
    const deadline = setTimeout(() => child.kill('SIGKILL'), 30_000);
    const code = await exited;
    clearTimeout(deadline);
    return code;
  }
}
