import type { AdminClient } from '../api/admin-client.js';
import { deadLetters } from '../api/dead-letters.js';
import type { LetterFilter, Operator } from '../api/letter-filter.js';
import { ProblemAnswerError } from '../cli.errors.js';
import type { ReplayPort } from './replay-service.js';
import { NOTHING } from './tally.js';

export interface ReplayCall {
  readonly filter: LetterFilter;
  readonly operator: Operator;
  readonly run: string;
}

/** How long the service waits for the outcomes of a page: short enough that Ctrl-C is heard soon. */
const WAIT_SECONDS = 5;

/** The admin API of one service as what a replay needs. */
export function replayPort(client: AdminClient, { filter, operator, run }: ReplayCall): ReplayPort {
  return {
    page: (limit) => deadLetters.replay(client, { filter, limit, run, wait: WAIT_SECONDS, ...operator }),
    async standing() {
      try {
        const { replayed, skipped, failed, pending } = await deadLetters.run(client, run);
        return { replayed, skipped, failed, pending };
      } catch (error) {
        if (error instanceof ProblemAnswerError && error.status === 404) return NOTHING; // it has taken nothing yet
        throw error;
      }
    },
  };
}
