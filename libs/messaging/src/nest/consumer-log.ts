import type { Logger } from '@nestjs/common';

import type { ConsumerObserver } from '../consumer/consumer-observer.js';

/** Logs what an operator wants to know, once, and passes everything on. Never a payload. */
export function consumerLog(logger: Logger, next: ConsumerObserver = {}): ConsumerObserver {
  return {
    onBatch: (batch) => next.onBatch?.(batch),
    onSkipped: (skipped) => next.onSkipped?.(skipped),
    onFailure: (failure) => {
      const { handler, messageId, attempts, decision, error } = failure;
      logger.warn({ message: 'A message failed', handler, messageId, attempts, decision, error: describe(error) });
      next.onFailure?.(failure);
    },
    onInterrupted: (error) => {
      logger.warn({ message: 'A batch was interrupted and is done again', error: describe(error) });
      next.onInterrupted?.(error);
    },
  };
}

function describe(error: unknown): string {
  return error instanceof Error ? `${error.name}: ${error.message}` : String(error);
}
