import { fork } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';

export interface Handled {
  readonly key: string;
  readonly value: string;
  readonly partition: number;
  readonly position: string;
}

interface FromMember {
  readonly handled?: Handled;
  readonly lanes?: readonly number[];
}

export interface MemberSettings {
  readonly url: string;
  readonly topicPrefix: string;
  readonly topic: string;
  readonly partitions: number;
  readonly sessionTimeoutMs: number;
}

/** The handle of a member in another process. */
export class MemberChild {
  readonly #child: ChildProcess;
  readonly exited: Promise<void>;
  readonly handled: Handled[] = [];
  lanes: readonly number[] = [];

  /** @param log what all members have handled, in the order in which it is heard of */
  constructor(bundle: string, settings: MemberSettings, log: Handled[]) {
    const env = { ...process.env, MEMBER: JSON.stringify(settings) };
    this.#child = fork(bundle, { env, execArgv: [], stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
    this.exited = new Promise((resolve) => this.#child.once('exit', () => resolve()));
    this.#child.on('message', ({ handled, lanes }: FromMember) => {
      if (lanes) this.lanes = lanes;
      if (!handled) return;
      this.handled.push(handled);
      log.push(handled);
    });
  }

  signal(signal: 'SIGKILL' | 'SIGSTOP' | 'SIGCONT'): void {
    this.#child.kill(signal);
  }

  /** Leaves as a process does that is told to stop. */
  async stop(): Promise<void> {
    if (this.#child.connected) this.#child.send('stop');
    await this.exited;
  }

  async kill(): Promise<void> {
    if (this.#child.exitCode === null && this.#child.signalCode === null) this.signal('SIGKILL');
    await this.exited;
  }
}
