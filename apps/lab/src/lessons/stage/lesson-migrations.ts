import { deadLetterMigrations } from '@waybill/dlq';
import { inboxMigrations } from '@waybill/idempotency';
import { outboxMigrations } from '@waybill/outbox';
import { sagaMigrations } from '@waybill/saga';

import { CreateLessonBooks1796500000000 } from './create-books.js';

/** The libraries' tables, and the lessons' own. */
export const lessonMigrations = [
  ...outboxMigrations,
  ...inboxMigrations,
  ...deadLetterMigrations,
  ...sagaMigrations,
  CreateLessonBooks1796500000000,
];
