import type { Logger } from '@nestjs/common';

import type { ConsumerObserver } from '../consumer/consumer-observer.js';

/** Logs what an operator wants to know, once. Never a payload. */
export function consumerLog(logger: Logger): ConsumerObserver {
  const passedOver = new Set<string>();
  const down = new Set<string>();
  return {
    onSkipped: ({ topic, type, why }) => {
      const kind = `${topic} ${type} ${why}`;
      if (passedOver.has(kind) || passedOver.size > 1_000) return;
      passedOver.add(kind);
      logger.log({ message: 'Records of this type are passed over from now on', topic, type, why });
    },
    onFailure: ({ handler, messageId, attempts, decision, error }) => {
      const entry = { message: 'A message failed', handler, messageId, attempts, decision, error: describe(error) };
      // What is tried again at once isn't news yet, and that a dependency is down is said once, for all messages that wait for it.
      if (decision.kind === 'retry-now' || decision.kind === 'postpone') logger.log(entry);
      else logger.warn(entry);
    },
    onInterrupted: (error) => {
      logger.warn({ message: 'A batch was interrupted and is run again', error: describe(error) });
    },
    onCallLimit: ({ handler, isDown }) => {
      if (isDown === down.has(handler)) return;
      if (isDown) {
        down.add(handler);
        logger.warn({ message: 'What a handler calls seems to be down; its messages wait', handler });
      } else {
        down.delete(handler);
        logger.log({ message: 'What a handler calls is back; its messages flow', handler });
      }
    },
    onDeath: ({ suspects }) => {
      logger.warn({ message: 'A process of this group died; what it had in hand is handled with care', suspects });
    },
  };
}

function describe(error: unknown): string {
  return error instanceof Error ? `${error.name}: ${error.message}` : String(error);
}
