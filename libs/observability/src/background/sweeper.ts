import type { OnApplicationBootstrap, OnModuleDestroy } from '@nestjs/common';

import { BackgroundLoop } from './background-loop.js';

export interface SweeperParts {
  /** Names the work for an operator: 'sweep the inbox'. */
  readonly work: string;
  /** Deletes at most `most` of what has outlived its time. @returns how many; fewer = nothing is left. */
  readonly sweepSome: (most: number) => Promise<number>;
  /** @default 1000 */
  readonly mostAtOnce?: number;
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

  /** Sweeps now, until nothing is left or the service stops. @returns how many were deleted. */
  async sweep(): Promise<number> {
    const { sweepSome, mostAtOnce = 1_000 } = this.parts;
    let total = 0;
    for (let swept = mostAtOnce; swept === mostAtOnce && !this.#loop.isStopping; total += swept) {
      swept = await sweepSome(mostAtOnce);
    }
    return total;
  }

  #pauseMs(): number {
    return this.parts.intervalMs * (0.75 + Math.random() / 2);
  }
}
