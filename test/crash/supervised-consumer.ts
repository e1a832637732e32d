import { fork } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';

export interface ConsumerSettings {
  readonly databaseUrl: string;
  readonly database: string;
  /** Where its broker is, and under which prefix: what a service has in its environment. */
  readonly broker: Readonly<Record<string, string>>;
  readonly sessionTimeoutMs: number;
  readonly crashAttempts: number;
}

/** A process that says nothing for so long, after its first word, hangs. */
const PATIENCE_MS = 3_000;

/** One replica of a consuming service: started again whenever it ends, killed when it hangs, as an orchestrator does. */
export class SupervisedConsumer {
  /** Ends of the process that nobody had asked for. */
  deaths = 0;
  #child: ChildProcess | undefined;
  #stopping = false;
  #stopped: Promise<void> = Promise.resolve();

  constructor(
    private readonly bundle: string,
    private readonly settings: ConsumerSettings,
  ) {}

  start(): void {
    const env = { ...process.env, CONSUMER: JSON.stringify(this.settings) };
    const child = fork(this.bundle, { env, execArgv: [], stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
    this.#child = child;
    let patience: NodeJS.Timeout | undefined;
    child.on('message', () => {
      clearTimeout(patience);
      patience = setTimeout(() => child.kill('SIGKILL'), PATIENCE_MS);
    });
    this.#stopped = new Promise((resolve) => {
      child.once('exit', () => {
        clearTimeout(patience);
        if (!this.#stopping) {
          this.deaths += 1;
          this.start();
        }
        resolve();
      });
    });
  }

  async stop(): Promise<void> {
    this.#stopping = true;
    this.#child?.kill('SIGTERM');
    const deadline = setTimeout(() => this.#child?.kill('SIGKILL'), 20_000);
    await this.#stopped;
    clearTimeout(deadline);
  }
}
