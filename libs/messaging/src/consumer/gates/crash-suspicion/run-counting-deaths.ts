import type { CrashMarkers } from '../../../crash-markers.js';
import { ProcessCrashed } from '../../../messaging.errors.js';
import type { HeldMessage, HeldRun, HeldRunResult } from '../../../ports.js';
import type { Solo } from './solo.js';

interface Counting {
  readonly markers: CrashMarkers;
  readonly solo: Solo;
  readonly crashAttempts: number;
}

/**
 * Finds the message that kills the process, for held messages: each is marked while it is in hand, always, because a
 * delayed attempt is rare. A suspect is run alone; one that has killed the process often enough isn't run any more.
 */
export async function runCountingDeaths(
  { held, run }: { readonly held: HeldMessage; readonly run: Pick<HeldRun<never>, 'attempt'> },
  next: () => Promise<HeldRunResult>,
  { markers, solo, crashAttempts }: Counting,
): Promise<HeldRunResult> {
  const { group, identity } = held;
  const runMarked = async (): Promise<HeldRunResult> => {
    const result = await next();
    // The result stands, whatever becomes of the marker: one that is left over makes a later attempt be run alone.
    await markers.unmark(group, [identity]).catch(() => {});
    return result;
  };
  try {
    const result = await solo.among(async () => {
      const [deaths] = await markers.mark(group, [identity], 'among-others');
      return deaths === undefined ? runMarked() : deaths;
    });
    if (typeof result !== 'number') return result;
    if (result < crashAttempts) {
      return await solo.alone(async () => {
        await markers.mark(group, [identity], 'alone');
        return runMarked();
      });
    }
    await markers.unmark(group, [identity]);
    const error = new ProcessCrashed(result);
    const decision = { kind: 'dead-letter', reason: error.code } as const;
    return { kind: 'failed', error, attempts: run.attempt - 1 + result, decision };
  } catch (error) {
    return { kind: 'interrupted', error }; // the markers' database: the runner itself never rejects
  }
}
