import { compensation } from './compensation/compensation.js';
import { dualWrite } from './dual-write/dual-write.js';
import { duplicates } from './duplicates/duplicates.js';
import { lateReply } from './late-reply/late-reply.js';
import type { Lesson } from './lesson.js';
import { poison } from './poison/poison.js';
import { replayInOrder } from './replay-in-order/replay-in-order.js';

/** In the order in which they are taught. */
export const LESSONS: readonly Lesson[] = [dualWrite, duplicates, poison, compensation, lateReply, replayInOrder];
