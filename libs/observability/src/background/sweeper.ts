import type { OnApplicationBootstrap, OnModuleDestroy } from '@nestjs/common';

import { BackgroundLoop } from './background-loop.js';

export interface SweeperParts {
  /** Names the work for an operator: 'sweep the inbox'. */
  readonly work: string;
  /** Deletes a bounded number of what has outlived its time. @returns whether there may be more. */
  readonly sweepSome: () => Promise<boolean>;
  /** Milliseconds between two sweeps; each pause differs by up to a quarter, so that replicas don't sweep together. */
  readonly intervalMs: number;
}

/** Deletes what has outlived its time, a little at a time, beside the traffic. Any number of replicas may do so. */
export class Sweeper implements OnApplicationBootstrap, OnModuleDestroy {
  readonly #loop: BackgroundLoop;

  constructor(private readonly parts: SweeperParts) {
    this.#loop = new BackgroundLoop({
      work: parts.work,
      step: async () => {
        await this.sweep();
        return this.#pauseMs();
      },
      intervalMs: parts.intervalMs,
      firstAfterMs: this.#pauseMs(),
    });
  }

  start(): void {
    this.#loop.start();
  }

  /** Waits for the statement under way. */
  async stop(): Promise<void> {
    await this.#loop.stop();
  }

  onApplicationBootstrap(): void {
    this.start();
  }

  async onModuleDestroy(): Promise<void> {
    await this.stop();
  }

  /** Sweeps now, until nothing is left or the service stops. */
  async sweep(): Promise<void> {
    while (!this.#loop.isStopping && (await this.parts.sweepSome()));
  }

  #pauseMs(): number {
    return this.parts.intervalMs * (0.75 + Math.random() / 2);
  }
}
