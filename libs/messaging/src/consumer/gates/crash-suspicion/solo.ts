/** What {@link Solo} needs to know of the lanes. */
export interface LanesAtWork {
  /** No batch, no call and no conclusion in hand. */
  readonly isIdle: () => boolean;
  readonly wake: () => void;
}

/** A held message that waits longer gives up its turn, and is tried again later: what is before it may take for ever. */
const MOST_WAIT_MS = 10_000;

interface Waiting {
  readonly when: () => boolean;
  readonly grant: () => void;
}

/**
 * Lanes and held messages are worked on at the same time; a suspect is worked on while nothing else is. Lanes that wait
 * for a held suspect take nothing new; held messages that wait for a suspect of the lanes haven't started.
 */
export class Solo {
  #lanes: LanesAtWork = { isIdle: () => true, wake: () => {} };
  #lanesHaveSuspects = false;
  #heldRuns = 0;
  #heldSuspect = false;
  readonly #waiting: Waiting[] = [];

  constructor(private readonly mostWaitMs = MOST_WAIT_MS) {}

  attach(lanes: LanesAtWork): void {
    this.#lanes = lanes;
  }

  /** Nothing but the lanes is at work. */
  get lanesAreAlone(): boolean {
    return this.#heldRuns === 0 && !this.#heldSuspect;
  }

  /** Whether the lanes may take messages. `idle`: they have no outside call in flight, nothing to conclude. */
  lanesMayTake(idle: boolean): boolean {
    return !this.#heldSuspect && (!this.#lanesHaveSuspects || (idle && this.#heldRuns === 0));
  }

  lanesHaveSuspects(have: boolean): void {
    if (this.#lanesHaveSuspects === have) return;
    this.#lanesHaveSuspects = have;
    this.changed();
  }

  /** Runs a held message among others. @throws where its turn doesn't come in time. */
  async among<Result>(run: () => Promise<Result>): Promise<Result> {
    await this.#wait(
      () => !this.#lanesHaveSuspects && !this.#heldSuspect,
      () => (this.#heldRuns += 1),
    );
    try {
      return await run();
    } finally {
      this.#heldRuns -= 1;
      this.#heldEnded();
    }
  }

  /** Runs a held suspect when everything else has ended, and before anything else starts. @throws as {@link among}. */
  async alone<Result>(run: () => Promise<Result>): Promise<Result> {
    await this.#wait(
      () => !this.#lanesHaveSuspects && !this.#heldSuspect,
      () => (this.#heldSuspect = true),
    );
    try {
      await this.#wait(
        () => this.#heldRuns === 0 && this.#lanes.isIdle(),
        () => {},
      );
      return await run();
    } finally {
      this.#heldSuspect = false;
      this.#heldEnded();
    }
  }

  /** To be called whenever the lanes have ended something. */
  changed(): void {
    for (const waiting of this.#waiting.splice(0)) {
      if (waiting.when()) waiting.grant();
      else this.#waiting.push(waiting);
    }
  }

  #heldEnded(): void {
    this.changed();
    this.#lanes.wake();
  }

  async #wait(when: () => boolean, take: () => void): Promise<void> {
    if (when()) {
      take();
      return;
    }
    await new Promise<void>((resolve, reject) => {
      const waiting: Waiting = {
        when,
        grant: () => {
          clearTimeout(timer);
          take();
          resolve();
        },
      };
      const timer = setTimeout(() => {
        this.#waiting.splice(this.#waiting.indexOf(waiting), 1);
        reject(new Error(`Another message that has to be handled alone wasn't done within ${this.mostWaitMs} ms`));
      }, this.mostWaitMs);
      this.#waiting.push(waiting);
    });
  }
}
