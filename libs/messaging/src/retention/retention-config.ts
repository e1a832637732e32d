import { setting } from '@waybill/observability';

const DAY_MS = 86_400_000;
const days = (name: string, defaultDays: number) =>
  setting.durationMs(name, { min: 1_000, default: defaultDays * DAY_MS });

/**
 * How long messages are remembered and kept; spread them into a service's settings, the same for all services. The defaults
 * fit each other, topics created by Waybill, and those of a broker that keeps records for 7 days in segments of 7 days.
 */
export const retentionSettings = {
  /** Given to topics that are created; those that exist keep theirs. */
  topicRetentionMs: days('TOPIC_RETENTION_MS', 7),
  inboxWindowMs: days('INBOX_WINDOW_MS', 15),
  outboxRetentionMs: days('OUTBOX_RETENTION_MS', 7),
  /** Of letters that are handled or discarded. Dead ones are kept until somebody decides. */
  deadLetterRetentionMs: days('DEAD_LETTER_RETENTION_MS', 14),
} as const;
