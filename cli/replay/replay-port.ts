import { setTimeout as sleep } from 'node:timers/promises';

import type { AdminClient } from '../api/admin-client.js';
import { deadLetters } from '../api/dead-letters.js';
import type { LetterFilter, Operator } from '../api/letter-filter.js';
import { CliError, ProblemAnswerError } from '../cli.errors.js';
import type { ReplayPort } from './replay-service.js';
import { NOTHING } from './tally.js';

export interface ReplayCall {
  readonly filter: LetterFilter;
  readonly operator: Operator;
  readonly run: string;
}

/** How long the service waits for the outcomes of a page: short enough that Ctrl-C is heard soon. */
const WAIT_SECONDS = 5;
/** Before a call is repeated that got no answer. The run makes repeating safe: no letter is tried twice by one run. */
const PAUSES_MS = [500, 2000, 5000];

/** The admin API of one service as what a replay needs. */
export function replayPort(client: AdminClient, { filter, operator, run }: ReplayCall): ReplayPort {
  return {
    async page(limit) {
      const order = { filter, limit, run, wait: WAIT_SECONDS, ...operator };
      const { value, repeated } = await repeating(() => deadLetters.replay(client, order));
      return { ...value, repeated };
    },
    async standing() {
      try {
        const { value } = await repeating(() => deadLetters.run(client, run));
        return { replayed: value.replayed, skipped: value.skipped, failed: value.failed, pending: value.pending };
      } catch (error) {
        if (error instanceof ProblemAnswerError && error.status === 404) return NOTHING; // it has taken nothing yet
        throw error;
      }
    },
  };
}

async function repeating<T>(call: () => Promise<T>): Promise<{ readonly value: T; readonly repeated: boolean }> {
  for (let attempt = 0; ; attempt++) {
    try {
      return { value: await call(), repeated: attempt > 0 };
    } catch (error) {
      const pauseMs = PAUSES_MS[attempt];
      if (pauseMs === undefined || !(error instanceof CliError) || error.code !== 'UNREACHABLE') throw error;
      await sleep(pauseMs);
    }
  }
}
