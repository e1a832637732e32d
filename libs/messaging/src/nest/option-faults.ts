import { LONGEST_MS, rangeFaults } from '../consumer/policy-faults.js';
import type { NumberRange } from '../consumer/policy-faults.js';
import type { MessagingModuleOptions } from './messaging-options.js';

const RANGES: Readonly<Record<string, NumberRange>> = {
  checkIntervalMs: { min: 10, max: LONGEST_MS },
  topicPartitions: { min: 1, max: 10_000 },
  crashAttempts: { min: 1, max: 1_000 },
  callTimeoutMs: { min: 1, max: LONGEST_MS },
  maxConcurrentCalls: { min: 1, max: 100_000 },
  stillAfterMs: { min: 1, max: LONGEST_MS },
  maxBatch: { min: 1, max: 10_000 },
  drainTimeoutMs: { min: 1, max: LONGEST_MS },
};

/** Everything that is wrong with the module's numbers. */
export function optionFaults(options: MessagingModuleOptions): readonly string[] {
  return rangeFaults('MessagingModule', options, RANGES);
}
