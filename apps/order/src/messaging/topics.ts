import { topics } from '@waybill/contracts';
import type { TopicSpec } from '@waybill/messaging';

/** Every topic that the order service reads or writes: all of the system's. */
export const orderTopics: readonly TopicSpec[] = Object.values(topics);
