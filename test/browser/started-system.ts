import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

import { SERVICE_NAMES } from '@waybill/contracts';
import { chosenEnvironment, freePort } from '@waybill/embedded';

import { until } from '../system/until.js';

const PORTS = [...SERVICE_NAMES, 'kafka', 'postgres'] as const;

/** What `npm start` starts, the lab included, with data and ports of its own. */
export class StartedSystem {
  readonly #folder = mkdtempSync(join(tmpdir(), 'waybill-started-'));
  #ports: Readonly<Record<string, string>> = {};
  #process: ChildProcess | undefined;
  #output = '';

  static async start(): Promise<StartedSystem> {
    const system = new StartedSystem();
    try {
      await system.#start();
      return system;
    } catch (error) {
      await system.stop();
      throw error;
    }
  }

  /** Of the order app, which serves the console. */
  get url(): string {
    return `http://127.0.0.1:${this.#ports['ORDER_PORT']}`;
  }

  urlOf(service: string): string {
    return `http://127.0.0.1:${this.#ports[`${service.toUpperCase()}_PORT`]}`;
  }

  /** All that it has printed. */
  get output(): string {
    return this.#output;
  }

  async printed(text: string | RegExp): Promise<void> {
    const isThere = (): boolean => (typeof text === 'string' ? this.#output.includes(text) : text.test(this.#output));
    await until(isThere, { timeoutMs: 240_000, what: String(text), detail: () => this.#output });
  }

  /** Ends the process of an app, as a crash does. */
  kill(app: string): void {
    const parent = String(this.#process?.pid);
    for (const pid of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
      try {
        const [, ppid] = /^\d+ \(.*\) \S (\d+)/s.exec(readFileSync(`/proc/${pid}/stat`, 'utf8')) ?? [];
        const isApp = readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(`/apps/${app}/`);
        if (ppid === parent && isApp) process.kill(Number(pid), 'SIGKILL');
      } catch {
        // it ended while we looked
      }
    }
  }

  /** As Ctrl-C does. @returns its exit code */
  async stop(): Promise<number | null> {
    const child = this.#process;
    if (child !== undefined && child.exitCode === null && child.signalCode === null) {
      const ended = new Promise((done) => child.once('close', done));
      child.kill('SIGINT');
      await ended;
    }
    rmSync(this.#folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 250 });
    return child?.exitCode ?? null;
  }

  async #start(): Promise<void> {
    for (const part of ['dist', 'node_modules']) symlinkSync(resolve(part), join(this.#folder, part), 'junction');
    // The pristine cluster is built once for all tests.
    mkdirSync(resolve('.waybill/cache'), { recursive: true });
    mkdirSync(join(this.#folder, '.waybill'));
    symlinkSync(resolve('.waybill/cache'), join(this.#folder, '.waybill/cache'), 'junction');
    const ports: [string, string][] = [];
    for (const name of PORTS) ports.push([`${name.toUpperCase()}_PORT`, String(await freePort())]);
    this.#ports = Object.fromEntries(ports);
    this.#process = spawn(process.execPath, ['--enable-source-maps', 'dist/scripts/start.js'], {
      cwd: this.#folder,
      env: { ...chosenEnvironment(), ...this.#ports },
    });
    const keep = (chunk: Buffer): void => void (this.#output += chunk.toString());
    this.#process.stdout?.on('data', keep);
    this.#process.stderr?.on('data', keep);
    await this.printed('Waybill is up');
  }
}
