import { execFileSync, fork } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { rmSync } from 'node:fs';

import { bundleProcess } from '@waybill/embedded/testing';

import type { RelayOptions } from '../outbox-options.js';

export interface RelayProcessOptions {
  readonly url: string;
  readonly topic: string;
  readonly relay: RelayOptions;
  /** The process signals itself at this request to the broker. */
  readonly fault?: {
    readonly request: number;
    readonly moment: 'before send' | 'after send';
    readonly signal: 'SIGSTOP' | 'SIGKILL';
  };
  readonly mayHoldNothing?: boolean;
}

export type FromChild =
  | { readonly kind: 'ready' }
  | { readonly kind: 'added'; readonly ids: readonly string[] }
  | { readonly kind: 'publish'; readonly request: number; readonly ids: readonly string[] };

export type ToChild =
  | { readonly kind: 'outcome'; readonly request: number; readonly records: number }
  | { readonly kind: 'add' | 'add and die'; readonly keys: readonly string[] };

/** The handle of a relay process. What it publishes is appended to `log`, which all relays of a test share. */
export class RelayChild {
  readonly #child: ChildProcess;
  readonly exited: Promise<void>;
  readonly ready: Promise<void>;
  readonly added: string[] = [];
  /** Requests that have arrived. */
  requests = 0;

  private constructor(bundle: string, options: RelayProcessOptions, log: string[]) {
    const env = { ...process.env, RELAY_PROCESS: JSON.stringify(options) };
    this.#child = fork(bundle, { env, execArgv: [], stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
    this.exited = new Promise((resolve) => this.#child.once('exit', () => resolve()));
    this.ready = new Promise((resolve) => {
      this.#child.on('message', (message: FromChild) => {
        if (message.kind === 'ready') return resolve();
        if (message.kind === 'added') return void this.added.push(...message.ids);
        this.requests++;
        log.push(...message.ids);
        this.#send({ kind: 'outcome', request: message.request, records: message.ids.length });
      });
    });
  }

  static async start(options: RelayProcessOptions, log: string[]): Promise<RelayChild> {
    const child = new RelayChild(await relayBundle(), options, log);
    await child.ready;
    return child;
  }

  add(...keys: readonly string[]): void {
    this.#send({ kind: 'add', keys });
  }

  addAndDie(...keys: readonly string[]): void {
    this.#send({ kind: 'add and die', keys });
  }

  signal(signal: 'SIGSTOP' | 'SIGCONT' | 'SIGKILL'): void {
    this.#child.kill(signal);
  }

  /** Stopped by SIGSTOP. */
  get isStopped(): boolean {
    return execFileSync('ps', ['-o', 'state=', '-p', String(this.#child.pid)], { encoding: 'utf8' }).startsWith('T');
  }

  async kill(): Promise<void> {
    if (this.#child.exitCode === null && this.#child.signalCode === null) this.#child.kill('SIGKILL');
    await this.exited;
  }

  #send(message: ToChild): void {
    if (this.#child.connected) this.#child.send(message);
  }
}

let bundled: Promise<string> | undefined;

/** Left behind on purpose until {@link removeRelayBundle}. */
function relayBundle(): Promise<string> {
  bundled ??= bundleProcess('libs/outbox/src/testing/relay-process.ts');
  return bundled;
}

export async function removeRelayBundle(): Promise<void> {
  if (bundled) rmSync(await bundled, { force: true });
  bundled = undefined;
}
