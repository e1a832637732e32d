import { LONGEST_TIMER_MS, optionFaults } from '@waybill/observability';

import type { MessagingModuleOptions } from './messaging-options.js';

/** The failure store takes a held message for abandoned after two minutes: its call must have ended by then. */
const MOST_CALL_MS = 90_000;

/** Everything that is wrong with the module's numbers. */
export function messagingFaults(options: MessagingModuleOptions): readonly string[] {
  return optionFaults('MessagingModule.', options, {
    checkIntervalMs: [10, LONGEST_TIMER_MS],
    topicPartitions: [1, 10_000],
    crashAttempts: [1, 1_000],
    callTimeoutMs: [1, MOST_CALL_MS],
    handlerTimeoutMs: [1, LONGEST_TIMER_MS],
    maxConcurrentCalls: [1, 100_000],
    stillAfterMs: [1, LONGEST_TIMER_MS],
    maxBatch: [1, 10_000],
    drainTimeoutMs: [1, LONGEST_TIMER_MS],
  });
}
