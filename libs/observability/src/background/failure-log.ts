import { Logger } from '@nestjs/common';

import { describeError } from '../logging/redaction.js';

const SUMMARY_INTERVAL_MS = 60_000;

/** A stack helps where the code is wrong; of an outage it only fills the log. */
const PROGRAMMING_ERRORS = new Set(['TypeError', 'RangeError', 'ReferenceError', 'SyntaxError', 'AssertionError']);

interface Failing {
  readonly since: Date;
  failures: number;
  /** Failures that no line has covered yet. */
  untold: number;
  /** Summaries since it last failed. */
  silent: number;
  works: boolean;
  /** The recovery was logged within this minute; another one is left to the summary. */
  recoveryTold: boolean;
  error: unknown;
}

/**
 * What repeated work says about its failures: the first one at once, one summary a minute for all that fails, and the
 * recovery. So an outage writes a few lines a minute, whatever fails and however often; work that fails and recovers again
 * and again writes no more than that. Of work that has had no occasion since, nothing is known and nothing more is said.
 */
export class FailureLog {
  readonly #logger = new Logger('Background');
  readonly #failing = new Map<string, Failing>();
  #timer: NodeJS.Timeout | undefined;

  /** @param work names it for an operator: 'renew the leases of the outbox' */
  failed(work: string, error: unknown): void {
    const failing = this.#failing.get(work);
    if (failing === undefined) {
      const first = { since: new Date(), failures: 1, untold: 0, silent: 0, works: false, recoveryTold: false, error };
      this.#failing.set(work, first);
      this.#logger.warn('Background work failed; it is retried', { work, error: describeFault(error) });
    } else {
      failing.failures += 1;
      failing.untold += 1;
      failing.silent = 0;
      failing.works = false;
      failing.error = error;
    }
    this.#timer ??= setInterval(() => this.#summarise(), SUMMARY_INTERVAL_MS).unref();
  }

  /** Costs next to nothing where the work hasn't failed. */
  succeeded(work: string): void {
    const failing = this.#failing.get(work);
    if (failing === undefined || failing.works) return;
    failing.works = true;
    if (failing.recoveryTold) return;
    failing.recoveryTold = true;
    failing.untold = 0;
    const forMs = Date.now() - failing.since.getTime();
    this.#logger.log('Background work succeeded again', { work, failures: failing.failures, forMs });
  }

  #summarise(): void {
    const failing = [...this.#failing].filter(([, { untold }]) => untold > 0);
    if (failing.length > 0) {
      const details = failing.map(([work, { failures, since, works, error }]) => ({
        work,
        state: works ? 'works again' : 'fails',
        failures,
        since,
        error: describeFault(error),
      }));
      this.#logger.warn('Background work keeps failing', { failing: details });
    }
    for (const [work, { works, untold, silent }] of this.#failing) {
      if (untold === 0 && (works || silent > 0)) this.#failing.delete(work);
    }
    for (const [, left] of this.#failing) {
      left.untold = 0;
      left.silent += 1;
      left.recoveryTold &&= left.works;
    }
    if (this.#failing.size > 0) return;
    clearInterval(this.#timer);
    this.#timer = undefined;
  }
}

/** One for the process, so that there is one summary for all that fails in it. */
export const failureLog = new FailureLog();

function describeFault(error: unknown): object {
  const { type, code, message, stack } = describeError(error);
  return {
    type,
    message,
    ...(code === undefined ? {} : { code }),
    ...(PROGRAMMING_ERRORS.has(type) ? { stack } : {}),
  };
}
