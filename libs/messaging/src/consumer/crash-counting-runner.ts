import type { CrashMarkers } from '../crash-markers.js';
import { ProcessCrashed } from '../messaging.errors.js';
import type { HeldInspection, HeldMessage, HeldMessageRunner, HeldRun, HeldRunResult } from '../ports.js';
import type { Solo } from './solo.js';

/**
 * Finds the message that kills the process, for held messages: each is marked while it is in hand, always, because a
 * delayed attempt is rare. A suspect is run alone; one that has killed the process often enough isn't run any more.
 */
export class CrashCountingRunner<Tx> implements HeldMessageRunner<Tx> {
  constructor(
    private readonly runner: HeldMessageRunner<Tx>,
    private readonly markers: CrashMarkers,
    private readonly solo: Solo,
    private readonly crashAttempts: number,
  ) {}

  async run(message: HeldMessage, run: HeldRun<Tx>): Promise<HeldRunResult> {
    const { group, identity } = message;
    try {
      const result = await this.solo.among(async () => {
        const [deaths] = await this.markers.mark(group, [identity], 'among-others');
        return deaths === undefined ? this.#runMarked(message, run) : deaths;
      });
      if (typeof result !== 'number') return result;
      if (result >= this.crashAttempts) return await this.#giveUp(message, run, result);
      return await this.solo.alone(async () => {
        await this.markers.mark(group, [identity], 'alone');
        return this.#runMarked(message, run);
      });
    } catch (error) {
      return { kind: 'interrupted', error }; // the markers' database: the runner itself never rejects
    }
  }

  inspect(message: HeldMessage): Promise<HeldInspection> {
    return this.runner.inspect(message);
  }

  async #runMarked(message: HeldMessage, run: HeldRun<Tx>): Promise<HeldRunResult> {
    const result = await this.runner.run(message, run);
    // The result stands, whatever becomes of the marker: one that is left over makes a later attempt be run alone.
    await this.markers.unmark(message.group, [message.identity]).catch(() => {});
    return result;
  }

  async #giveUp({ group, identity }: HeldMessage, { attempt }: HeldRun<Tx>, deaths: number): Promise<HeldRunResult> {
    await this.markers.unmark(group, [identity]);
    const error = new ProcessCrashed(deaths);
    const decision = { kind: 'dead-letter', reason: error.code } as const;
    return { kind: 'failed', error, attempts: attempt - 1 + deaths, decision };
  }
}
