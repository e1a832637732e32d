import type { TopicDefaults } from '@waybill/messaging';

/** One lane, so that the picture shows one order; kept for an hour, as nobody needs what a run has left. */
export const LESSON_TOPICS = { partitions: 1, retentionMs: 3_600_000 } as const satisfies TopicDefaults;
