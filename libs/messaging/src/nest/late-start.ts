import { BackgroundLoop } from '@waybill/observability';

import { MessagingMisconfigured } from '../messaging.errors.js';

export interface LateStartParts {
  /** What the broker says against the start. */
  readonly check: () => Promise<readonly string[]>;
  readonly start: () => Promise<void>;
  /** Hears the refusal, or `undefined` once it has started. */
  readonly onEnd: (refusal: string | undefined) => void;
}

/** A start that waits for its broker: it is tried until the broker answers, and stays off where the answer is a misconfiguration. */
export function lateStart({ check, start, onEnd }: LateStartParts): BackgroundLoop {
  return new BackgroundLoop({
    work: 'start to consume',
    intervalMs: Infinity,
    step: async () => {
      const faults = await check();
      if (faults.length > 0) return onEnd(new MessagingMisconfigured(faults).message);
      await start();
      onEnd(undefined);
    },
  });
}
